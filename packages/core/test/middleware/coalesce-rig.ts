import {
  createClient,
  stateKey,
  type CallOptions,
  type ChatInput,
  type Client,
  type Middleware,
  type State,
} from '@inferway/core';
import { coalesce, type CoalesceOptions } from '@inferway/core/caching';
import {
  fakeProvider,
  say,
  virtualClock,
  wait,
  type FakeProvider,
  type Script,
  type VirtualClock,
} from '@inferway/core/testing';

export const messages = [{ role: 'user', content: 'hi' }] as const;
export const tenant: ReturnType<typeof stateKey<string>> = stateKey('test tenant');

/** Sets the tenant of a call. */
export function as(name: string): (state: State) => void {
  return (state) => state.set(tenant, name);
}

type ChatClient = Client<FakeProvider<'fake', 'chat'>>;
export type ChatAnswer = Awaited<ReturnType<ChatClient['chat']>>;
export type ChatStream = Awaited<ReturnType<ChatClient['chat']['stream']>>;

/** A client with `coalesce` in its chain, in virtual time. */
export interface CoalesceRig {
  readonly clock: VirtualClock;
  readonly provider: FakeProvider<'fake', 'chat'>;
  readonly client: ChatClient;
  chat(call?: CallOptions, more?: Partial<ChatInput>): Promise<ChatAnswer>;
  stream(call?: CallOptions): Promise<ChatStream>;
}

export function setUp(
  script: Script = [wait(100), ...say('one two three')],
  options: Partial<CoalesceOptions> = {},
  inner: readonly Middleware[] = [],
  outer: readonly Middleware[] = [],
): CoalesceRig {
  const clock = virtualClock();
  const provider = fakeProvider({ script });
  const client = createClient({
    providers: [provider],
    clock,
    middleware: [...outer, coalesce({ scope: 'shared', ...options }), ...inner],
  });
  const input = { model: 'fake/m', messages } as const;
  return {
    clock,
    provider,
    client,
    chat: (call, more = {}) => client.chat({ ...input, ...more }, call) as Promise<ChatAnswer>,
    stream: (call) => client.chat.stream(input, call) as Promise<ChatStream>,
  };
}
