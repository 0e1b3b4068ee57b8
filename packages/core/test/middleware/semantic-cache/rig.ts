import {
  createClient,
  type Answer,
  type Call,
  type CallOptions,
  type ChainEvent,
  type Middleware,
  type ReplyStream,
} from '@inferway/core';
import { semanticCache, type Embedder, type SemanticCacheOptions } from '@inferway/core/semantic';
import {
  fakeProvider,
  say,
  virtualClock,
  type FakeProvider,
  type Script,
  type VirtualClock,
} from '@inferway/core/testing';
import type { Input } from '../cache/rig.js';
import { ToldEvents } from '../told-events.js';

export interface SemanticRig {
  readonly clock: VirtualClock;
  readonly provider: FakeProvider<'fake', 'chat'>;
  /** Texts that were embedded. */
  readonly embedded: readonly string[];
  told(type: string): readonly ChainEvent[];
  ask(question: string, input?: Input, call?: CallOptions): Promise<Answer<'chat'>>;
  stream(question: string, input?: Input): Promise<ReplyStream<'chat', Answer<'chat'>>>;
}

/** By default all texts have the same vector: whatever tells them apart is not the vector. */
export function semanticRig(
  options: Partial<SemanticCacheOptions> = {},
  script: Script = (_call, n) => say(`answer ${n}`),
  outer: readonly Middleware[] = [],
): SemanticRig {
  const clock = virtualClock();
  const provider = fakeProvider({ script });
  const told = new ToldEvents();
  const embedded: string[] = [];
  const { embed: given, ...rest } = options;
  const embed: Embedder = given ?? (async () => [1, 0, 0]);
  const counted: Embedder = Object.assign(
    (text: string, call: Call) => {
      embedded.push(text);
      return embed(text, call);
    },
    embed.space === undefined ? {} : { space: embed.space },
  );
  const layer = semanticCache({ scope: 'shared', embed: counted, ...rest });
  const client = createClient({ providers: [provider], clock, middleware: [...outer, layer] });
  const ask = (question: string, input: Input) => ({
    model: 'fake/m' as const,
    messages: [{ role: 'user', content: question }] as const,
    ...input,
  });
  return {
    clock,
    provider,
    embedded,
    told: (type) => told.of(type),
    ask: (question, input = {}, call) =>
      client.chat(ask(question, input), told.options(call)) as Promise<Answer<'chat'>>,
    stream: (question, input = {}) =>
      client.chat.stream(ask(question, input), told.options()) as Promise<
        ReplyStream<'chat', Answer<'chat'>>
      >,
  };
}
