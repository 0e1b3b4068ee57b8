import {
  createClient,
  observe,
  type AnyReply,
  type Call,
  type ChatEvent,
  type ClientBase,
  type Middleware,
  type Next,
  type Outcome,
  type ProviderBase,
  type StreamReply,
  type UnaryReply,
} from '@inferway/core';
import {
  fakeProvider,
  settle,
  virtualClock,
  type FakeAttempt,
  type FakeProvider,
  type Script,
  type VirtualClock,
} from '@inferway/core/testing';
import { failureOf, inTime } from '../provider/in-time.js';
import type { MiddlewareFactory, MiddlewareSuite } from './middleware-suite.js';
import { PROBE, probeTraits } from './probe.js';

/** What one side of the middleware sees of a reply. */
export interface SeenReply {
  readonly reply: AnyReply;
  readonly ends: Outcome[];
}

/** The middleware between two watchers, above a provider that follows a script, in virtual time. */
export class Rig {
  readonly clock: VirtualClock = virtualClock();
  readonly fake: FakeProvider;
  /** Calls that the middleware passed on. */
  readonly passed: Call[] = [];
  /** Replies that it was given, and those that it gave. */
  readonly given: SeenReply[] = [];
  readonly returned: SeenReply[] = [];
  readonly client: ClientBase;
  readonly #suite: MiddlewareSuite;

  constructor(
    factory: MiddlewareFactory,
    suite: MiddlewareSuite,
    script: Script,
    outside: readonly Middleware[] = [],
  ) {
    this.#suite = suite;
    const operations = ['chat', 'complete', PROBE] as const;
    this.fake = fakeProvider({
      operations: operations as never,
      script,
      traits: { [PROBE]: probeTraits } as never,
    }) as unknown as FakeProvider;
    this.client = createClient({
      providers: [this.fake as unknown as ProviderBase] as never,
      clock: this.clock,
      middleware: [
        ...outside,
        watch((reply) => this.returned.push(reply)),
        factory({ clock: this.clock }),
        (call, next) => {
          this.passed.push(call);
          return watch((reply) => this.given.push(reply))(call, next);
        },
      ],
    });
  }

  get attempts(): readonly FakeAttempt[] {
    return this.fake.attempts;
  }

  /** A unary chat call. */
  unary(text: string, signal?: AbortSignal): Promise<UnaryReply> {
    return this.send('chat', text, false, signal) as Promise<UnaryReply>;
  }

  /** A streamed chat call, up to its acceptance. */
  stream(text: string, signal?: AbortSignal): Promise<StreamReply<'chat'>> {
    return this.send('chat', text, true, signal) as Promise<StreamReply<'chat'>>;
  }

  send(operation: string, text: string, stream: boolean, signal?: AbortSignal): Promise<AnyReply> {
    const request = { messages: [{ role: 'user', content: text }], prompt: text };
    return this.client.send(operation as 'chat', request as never, {
      model: 'fake/m',
      stream,
      signal,
      state: this.#suite.state,
    }) as Promise<AnyReply>;
  }

  /** Lets time pass until `work` has settled. */
  async run<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const watched = work.finally(() => {
      settled = true;
    });
    watched.catch(() => {});
    for (let i = 0; i < 200 && !settled; i++) {
      await settle();
      if (!settled && i > 3) await this.clock.advance(1000);
    }
    return inTime(watched, 'the call');
  }

  /** The error that `work` ends with. */
  failure(work: Promise<unknown>): ReturnType<typeof failureOf> {
    return this.run(failureOf(work));
  }
}

/** All events of a reply. */
export async function readAll({ events }: StreamReply<'chat'>): Promise<readonly ChatEvent[]> {
  const read: ChatEvent[] = [];
  for await (const event of events) read.push(event);
  return read;
}

function watch(note: (reply: SeenReply) => void): Middleware {
  return async (call: Call, next: Next) => {
    const reply = (await next(call)) as AnyReply;
    const ends: Outcome[] = [];
    note({ reply, ends });
    return observe(reply, { end: (outcome) => void ends.push(outcome) });
  };
}
