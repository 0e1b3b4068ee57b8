import {
  createClient,
  systemClock,
  type ChatEvent,
  type Clock,
  type InferwayError,
  type Middleware,
  type Operation,
  type Provider,
  type ReplyMeta,
  type Usage,
} from '@inferway/core';
import type { Transport } from '@inferway/provider-kit';
import type { Decoded } from '@inferway/wire';
import { expectMatch } from '../expect.js';
import { expected } from './expected.js';
import { failureOf, inTime } from './in-time.js';
import type { Delivery } from '../stage/delivery.js';
import { Stage } from '../stage/stage.js';
import type { WireAnswer, WireCall } from '../wire/wire-answer.js';
import { eventsOf } from './events.js';
import type { Subject } from './subject.js';

/** A call's result, whichever shape it had. */
export interface Got {
  readonly result: Record<string, unknown>;
  readonly usage: Usage | undefined;
  readonly meta: ReplyMeta;
  /** Of a stream. */
  readonly events: readonly ChatEvent[];
}

export interface AskOptions {
  readonly request?: object | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** An address where nobody listens, and that `fetch` does not forbid. The port of a server that was closed may be another's by then. */
const NOWHERE = 'http://127.0.0.1:4';

export interface BenchSettings {
  /** True to make the adapter for an address where nobody listens. */
  readonly nowhere?: boolean | undefined;
  readonly transport?: Transport | undefined;
  readonly apiKey?: string | undefined;
  readonly middleware?: readonly Middleware[] | undefined;
  readonly clock?: Clock | undefined;
}

interface Stream extends AsyncIterable<ChatEvent> {
  readonly result: Promise<{ usage?: Usage | undefined; meta: ReplyMeta }>;
  readonly usage: Usage | undefined;
  readonly meta: ReplyMeta;
  nextBatch(): Promise<readonly ChatEvent[] | undefined>;
  cancel(): void;
}

interface Method {
  (input: object, options: object): Promise<{ usage?: Usage | undefined; meta: ReplyMeta }>;
  stream(input: object, options: object): Promise<Stream>;
}

/** A server, the adapter and a client of it, for one test. */
export class Bench {
  readonly subject: Subject;
  readonly stage: Stage;
  readonly provider: Provider;
  readonly client: ReturnType<typeof createClient>;

  private constructor(subject: Subject, stage: Stage, settings: BenchSettings) {
    this.subject = subject;
    this.stage = stage;
    this.provider = subject.factory({
      baseUrl: `${settings.nowhere === true ? NOWHERE : stage.origin}/base`,
      apiKey: settings.apiKey ?? subject.apiKey,
      ...(settings.transport === undefined ? {} : { transport: settings.transport }),
    });
    this.client = createClient({
      providers: [this.provider],
      middleware: settings.middleware ?? [],
      clock: settings.clock ?? IMPATIENT,
    });
  }

  static async open(subject: Subject, settings: BenchSettings = {}): Promise<Bench> {
    const { model, script } = subject;
    const stage = await Stage.open({ model, aside: script.aside });
    try {
      return new Bench(subject, stage, settings);
    } catch (reason) {
      await stage.close();
      throw reason;
    }
  }

  /** From now on every call is answered so. */
  answer(answers: (call: WireCall) => readonly WireAnswer[], deliver?: Delivery): void {
    this.stage.scene = { answers, deliver };
  }

  /** From now on a unary call has this result; default: the sample's. */
  answerUnary(answer: Decoded<Operation> = this.subject.sample.answer, deliver?: Delivery): void {
    const { script } = this.subject;
    this.answer((call) => script.unary(answer, call), deliver);
  }

  /** From now on a streamed call has these events; default: the sample's. */
  answerStream(events: readonly object[] = eventsOf(this.subject), deliver?: Delivery): void {
    const { script } = this.subject;
    this.answer((call) => script.stream?.(events as never, call) ?? [], deliver);
  }

  /** From now on a call of this shape has the sample's result. */
  answerSample(stream: boolean, deliver?: Delivery): void {
    if (stream) this.answerStream(undefined, deliver);
    else this.answerUnary(undefined, deliver);
  }

  /** One call, in the shape wanted, read to its end. @throws what it threw. */
  ask(stream: boolean, options: AskOptions = {}): Promise<Got> {
    return inTime(this.#ask(stream, options), `the ${stream ? 'streamed' : 'unary'} call`);
  }

  /** A streamed call, from where it was accepted. */
  stream(options: AskOptions = {}): Promise<Stream> {
    return inTime(this.#method.stream(this.#input(options), options), 'the streamed call');
  }

  /** The error that a loss ends in; undefined where the adapter went on and gave the whole answer, as its protocol lets it. */
  async loss(stream: boolean): Promise<InferwayError | undefined> {
    const { script, sample } = this.subject;
    if (script.recovers !== true) return this.failure(stream);
    try {
      expectMatch(
        (await this.ask(stream)).result,
        expected(this.subject, sample.answer),
        'the result',
      );
      return undefined;
    } catch (reason) {
      return failureOf(Promise.reject(reason));
    }
  }

  /** The error that one call in this shape ends with. */
  async failure(stream: boolean, options: AskOptions = {}): Promise<InferwayError> {
    return failureOf(this.ask(stream, options));
  }

  get #method(): Method {
    return (this.client as unknown as Record<string, Method>)[this.subject.operation] as Method;
  }

  #input({ request }: AskOptions): object {
    const { sample, model } = this.subject;
    return {
      ...(request ?? (sample.request as object)),
      model: { provider: this.provider.name, id: model },
    };
  }

  async #ask(stream: boolean, options: AskOptions): Promise<Got> {
    const input = this.#input(options);
    if (!stream) {
      const answer = await this.#method(input, options);
      return { result: answer as never, usage: answer.usage, meta: answer.meta, events: [] };
    }
    const reply = await this.#method.stream(input, options);
    const events: ChatEvent[] = [];
    for await (const event of reply) events.push(event);
    const answer = await reply.result;
    return { result: answer as never, usage: answer.usage, meta: reply.meta, events };
  }

  async close(): Promise<void> {
    // The server first: an answer that still runs, as after a failed check, would be waited for.
    await this.stage.close();
    await inTime(this.client.close(), 'close()');
  }
}

// Waits between polls are the adapter's own, and no part of what is looked at.
const IMPATIENT: Clock = {
  ...systemClock,
  setTimer: (callback, ms) => systemClock.setTimer(callback, Math.min(ms, 2)),
};
