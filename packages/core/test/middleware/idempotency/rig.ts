import {
  createClient,
  type CallOptions,
  type ChatInput,
  type Client,
  type Middleware,
  type State,
  caller,
  callerOf,
} from '@inferway/core';
import { idempotency, idempotencyKey, type IdempotencyOptions } from '@inferway/core/idempotency';
import { standard } from '@inferway/core/middleware';
import { memoryIdempotency, type IdempotencyStore } from '@inferway/core/stores';
import {
  fakeProvider,
  say,
  virtualClock,
  type FakeProvider,
  type Script,
  type VirtualClock,
} from '@inferway/core/testing';
import { ToldEvents } from '../told-events.js';

export const messages = [{ role: 'user', content: 'hi' }] as const;

type ChatClient = Client<FakeProvider<'fake', 'chat'>>;
export type ChatAnswer = Awaited<ReturnType<ChatClient['chat']>>;
export type ChatStream = Awaited<ReturnType<ChatClient['chat']['stream']>>;

/** A client with `idempotency` in its chain, in virtual time. */
export interface Rig {
  readonly clock: VirtualClock;
  readonly provider: FakeProvider<'fake', 'chat'>;
  readonly client: ChatClient;
  readonly told: ToldEvents;
  /** What became of each call with a key, in order. */
  results(): readonly string[];
  chat(key: string | undefined, call?: CallOptions, more?: Partial<ChatInput>): Promise<ChatAnswer>;
  stream(key: string | undefined, call?: CallOptions): Promise<ChatStream>;
}

export interface RigOptions extends Partial<IdempotencyOptions> {
  readonly clock?: VirtualClock;
  readonly inner?: Parameters<typeof standard>[0];
  readonly provider?: FakeProvider<'fake', 'chat'>;
  readonly bare?: readonly Middleware[];
}

export function setUp(
  script: Script = (_call, attempt) => say(`answer ${attempt}`),
  {
    clock = virtualClock(),
    inner,
    provider = fakeProvider({ script }),
    bare,
    ...options
  }: RigOptions = {},
): Rig {
  const once = idempotency({
    scope: (call) => callerOf(call.state).tenant ?? 'nobody',
    ...options,
  });
  const client = createClient({
    providers: [provider],
    clock,
    middleware:
      bare === undefined
        ? standard({ idempotency: once, retry: false, ...inner })
        : [once, ...bare],
  });
  const told = new ToldEvents();
  const input = { model: 'fake/m', messages } as const;
  const withKey = (key: string | undefined, call: CallOptions = {}): CallOptions =>
    told.options({
      ...call,
      state: (state: State) => {
        if (key !== undefined) state.set(idempotencyKey, key);
        call.state?.(state);
      },
    });
  return {
    clock,
    provider,
    client,
    told,
    results: () =>
      told.of('idempotency').map((event) => (event as { readonly result: string }).result),
    chat: (key, call, more = {}) =>
      client.chat({ ...input, ...more }, withKey(key, call)) as Promise<ChatAnswer>,
    stream: (key, call) => client.chat.stream(input, withKey(key, call)) as Promise<ChatStream>,
  };
}

/** On behalf of a tenant. */
export function of(tenant: string): CallOptions {
  return { state: (state) => state.set(caller, { tenant }) };
}

/** A store in memory, some of whose methods are other ones. */
export function storeWith(
  change: (right: IdempotencyStore) => Partial<IdempotencyStore>,
  clock?: VirtualClock,
): IdempotencyStore {
  const right = memoryIdempotency({ clock });
  const bound: IdempotencyStore = {
    claim: (key, request) => right.claim(key, request),
    renew: (key, owner, leaseMs) => right.renew(key, owner, leaseMs),
    finish: (key, owner, answer, ttlMs) => right.finish(key, owner, answer, ttlMs),
    release: (key, owner) => right.release(key, owner),
  };
  return { ...bound, ...change(right) };
}
