import {
  Events,
  type Call,
  type ChatEvent,
  type ChatResult,
  type InferwayError,
  type Provider,
  type Reply,
  type ReplyMeta,
  type Usage,
} from '@inferway/core';

/** A stream that a test feeds by hand. */
export class Feed {
  /** Why the reader let go of it, once it has. */
  cancelled: InferwayError | undefined;
  /** How often the reader has asked for more. */
  pulls = 0;
  readonly events: Events<ChatEvent>;
  usage: Usage | undefined;
  #waiting: PromiseWithResolvers<readonly ChatEvent[] | undefined> | undefined;
  readonly #ready: (readonly ChatEvent[] | Error | undefined)[] = [];

  constructor(signal: AbortSignal) {
    const pull = async (): Promise<readonly ChatEvent[] | undefined> => {
      this.pulls += 1;
      if (this.#ready.length > 0) {
        const next = this.#ready.shift();
        if (next instanceof Error) throw next;
        return next;
      }
      this.#waiting = Promise.withResolvers();
      return this.#waiting.promise;
    };
    this.events = new Events<ChatEvent>(
      {
        pull,
        cancel: (reason) => {
          this.cancelled ??= reason;
          this.#waiting?.reject(reason);
        },
      },
      signal,
    );
  }

  push(...events: readonly ChatEvent[]): void {
    this.#give(events);
  }

  text(text: string): void {
    this.push({ type: 'text-delta', index: 0, text });
  }

  end(): void {
    this.push(
      { type: 'part-end', index: 0 },
      { type: 'finish', finishReason: { unified: 'stop' } },
      { type: 'end', usage: { inputTokens: 1, outputTokens: 2 } },
    );
    this.#give(undefined);
  }

  fail(error: Error): void {
    this.#give(error);
  }

  #give(next: readonly ChatEvent[] | Error | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#ready.push(next);
    else if (next instanceof Error) waiting.reject(next);
    else waiting.resolve(next);
  }
}

export const START: readonly ChatEvent[] = [
  { type: 'start', id: 'answer-1', model: 'm' },
  { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
];

/** A provider whose chat answers are the test's own. */
export function scripted(
  name: string,
  chat: (call: Call<'chat'>) => Promise<Reply<Call<'chat'>>>,
): Provider {
  return { name, chat } as unknown as Provider;
}

/** A provider of hand-fed streams; `opened` gives each call's feed in turn. */
export function feeding(name: string): { provider: Provider; opened(): Promise<Feed> } {
  const feeds: Feed[] = [];
  let waiting: ((feed: Feed) => void) | undefined;
  const provider = scripted(name, async (call) => {
    const feed = new Feed(call.signal);
    if (waiting === undefined) feeds.push(feed);
    else waiting(feed);
    waiting = undefined;
    return streamReply(call, feed.events);
  });
  return {
    provider,
    opened: () => {
      const feed = feeds.shift();
      if (feed !== undefined) return Promise.resolve(feed);
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
  };
}

export function streamReply(call: Call<'chat'>, events: Events<ChatEvent>): Reply<Call<'chat'>> {
  return { stream: true, events, meta: metaOf(call) };
}

export function textReply(call: Call<'chat'>, text: string): Reply<Call<'chat'>> {
  const result: ChatResult = {
    message: { role: 'assistant', content: [{ type: 'text', text }] },
    finishReason: { unified: 'stop' },
  };
  return { stream: false, result, usage: { inputTokens: 1, outputTokens: 2 }, meta: metaOf(call) };
}

function metaOf(call: Call<'chat'>): ReplyMeta {
  return { provider: call.model.provider, model: call.model.id };
}
