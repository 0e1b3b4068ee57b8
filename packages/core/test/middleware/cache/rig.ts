import {
  createClient,
  type Answer,
  type CallOptions,
  type ChainEvent,
  type ReplyStream,
  type ChatInput,
  type Client,
  type Middleware,
} from '@inferway/core';
import { cache, type CacheOptions } from '@inferway/core/caching';
import { cost, priceTable } from '@inferway/core/middleware';
import {
  fakeProvider,
  say,
  virtualClock,
  type FakeProvider,
  type Script,
  type VirtualClock,
} from '@inferway/core/testing';
import { ToldEvents } from '../told-events.js';

export type Input = Partial<ChatInput> & { readonly model?: `fake/${string}` };

export interface RigOptions {
  readonly cache?: Partial<CacheOptions> | undefined;
  /** What stands inside of the cache. */
  readonly inner?: readonly Middleware[] | undefined;
  /** Dollars per million tokens, in and out. */
  readonly priced?: boolean | undefined;
}

export interface CacheRig {
  readonly clock: VirtualClock;
  readonly provider: FakeProvider<'fake', 'chat'>;
  readonly client: Client<FakeProvider<'fake', 'chat'>>;
  readonly events: readonly ChainEvent[];
  /** The events of one type, in order. */
  told(type: string): readonly ChainEvent[];
  chat(input?: Input, call?: CallOptions): Promise<Answer<'chat'>>;
  stream(input?: Input, call?: CallOptions): Promise<ReplyStream<'chat', Answer<'chat'>>>;
}

/** A client with a cache around a scripted provider, in virtual time, whose events are written down. */
export function cacheRig(
  script: Script = (_call, n) => say(`answer ${n}`),
  options: RigOptions = {},
): CacheRig {
  const clock = virtualClock();
  const provider = fakeProvider({ script });
  const told = new ToldEvents();
  const prices = priceTable({ 'fake/*': { input: 1, output: 2 } });
  const client = createClient({
    providers: [provider],
    clock,
    middleware: [
      cache({ scope: 'shared', ...options.cache }),
      ...(options.inner ?? []),
      ...(options.priced === true ? [cost({ prices })] : []),
    ],
  });
  const ask = (input: Input) => ({
    model: 'fake/m' as const,
    messages: [{ role: 'user', content: 'hi' }] as const,
    ...input,
  });
  return {
    clock,
    provider,
    client,
    events: told.all,
    told: (type: string) => told.of(type),
    chat: (input = {}, call) =>
      client.chat(ask(input), told.options(call)) as Promise<Answer<'chat'>>,
    stream: (input = {}, call) =>
      client.chat.stream(ask(input), told.options(call)) as Promise<
        ReplyStream<'chat', Answer<'chat'>>
      >,
  };
}
