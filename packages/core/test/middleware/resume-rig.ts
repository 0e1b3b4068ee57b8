import {
  createClient,
  listen,
  type CallOptions,
  type ChainEvent,
  type ChatEvent,
  type ChatInput,
  type Client,
  type Middleware,
  type State,
} from '@inferway/core';
import { resume, type ResumeOptions } from '@inferway/core/resilience';
import {
  fail,
  fakeProvider,
  say,
  virtualClock,
  type FakeProvider,
  type Script,
  type Step,
  type VirtualClock,
} from '@inferway/core/testing';

export const messages = [{ role: 'user', content: 'hi' }] as const;
export const RESTART: ResumeOptions = { mode: 'restart', baseMs: 1 };
export const CONTINUE: ResumeOptions = { mode: 'continue', prefill: ['a/*', 'b/y'], baseMs: 1 };

/** An answer that breaks off after so many words. */
export function broken(
  text: string,
  words: number,
  code: Parameters<typeof fail>[0] = 'connection',
): readonly Step[] {
  return [...say(text).slice(0, 3 + words), fail(code)];
}

type Fake = FakeProvider<string, 'chat'>;
type ChatClient = Client<Fake>;
export type ChatStream = Awaited<ReturnType<ChatClient['chat']['stream']>>;

/** A client with `resume` in its chain, in virtual time. */
export interface ResumeRig {
  readonly clock: VirtualClock;
  readonly client: ChatClient;
  readonly providers: readonly Fake[];
  readonly told: readonly ChainEvent[];
  stream(more?: Partial<ChatInput>, call?: CallOptions): Promise<ChatStream>;
  /** Reads a stream to its end, and lets twenty seconds pass. */
  read(more?: Partial<ChatInput>, call?: CallOptions): Promise<ReadStream>;
  /** What the providers were asked, in order. */
  requests(): readonly {
    readonly messages: readonly object[];
    readonly maxOutputTokens?: number;
  }[];
  /** Attempts that neither ended nor were cancelled. */
  open(): number;
}

export interface ReadStream {
  readonly reply: ChatStream;
  readonly events: readonly ChatEvent[];
  readonly error: unknown;
}

export function setUp(
  scripts: Readonly<Record<string, Script>>,
  options: ResumeOptions,
  inner: readonly Middleware[] = [],
  outer: readonly Middleware[] = [],
  attempts?: number,
): ResumeRig {
  const clock = virtualClock();
  const providers = Object.entries(scripts).map(([name, script]) => fakeProvider({ name, script }));
  const client = createClient({
    providers,
    clock,
    attempts,
    middleware: [...outer, resume(options), ...inner],
  });
  const told: ChainEvent[] = [];
  const stream: ResumeRig['stream'] = (more = {}, call = {}) =>
    client.chat.stream(
      { model: 'a/x', messages, ...more },
      { state: (state: State) => listen(state, (event) => told.push(event)), ...call },
    ) as Promise<ChatStream>;
  const read: ResumeRig['read'] = async (more, call) => {
    const reply = await stream(more, call);
    const events: ChatEvent[] = [];
    const reading = (async () => {
      for await (const event of reply) events.push(event);
    })();
    const failed = reading.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    await clock.advance(20_000);
    return { reply, events, error: await failed };
  };
  const requests: ResumeRig['requests'] = () =>
    providers
      .flatMap((provider) => provider.attempts)
      .toSorted((a, b) => a.at - b.at)
      .map(({ call }) => call.request as { messages: readonly object[]; maxOutputTokens?: number });
  const open = (): number => providers.reduce((sum, provider) => sum + provider.open, 0);
  return { clock, client, providers, told, stream, read, requests, open };
}

export function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
}

export function typesOf(events: readonly ChatEvent[]): readonly string[] {
  return events.map(({ type }) => type);
}
