import {
  InferwayError,
  sleep,
  type ChatEvent,
  type CompleteEvent,
  type Events,
  type EventSource,
  type LinkedController,
  type Usage,
} from '@inferway/core';
import { streamEvents, verifyStandardWebhook, type WebhookDelivery } from '@inferway/provider-kit';
import { SseDecoder, type SseMessage, type StreamDecoder } from '@inferway/wire';
import {
  fileOf,
  finishOf,
  headOf,
  outputText,
  predictionResult,
  type OutputSource,
  type PredictionEvent,
} from './model-output.js';
import {
  isOver,
  readPrediction,
  usageOf,
  type Prediction,
  type PredictionRun,
} from './prediction.js';

/** How the pieces of a prediction become the events of an operation. */
export interface PredictionTeller<E> {
  start(prediction: Prediction): readonly E[];
  /** One output, as the stream has it. */
  output(data: string): readonly E[];
  logs?(text: string): readonly E[];
  /** What of a prediction's output was not told yet: after a stream that was lost, or where there is none. */
  missing(prediction: Prediction): readonly E[];
  /** After everything else; `usage` where it is known. */
  end(prediction: Prediction, usage: Usage | undefined): readonly E[] | Promise<readonly E[]>;
}

const MOST_RECONNECTS = 3;
const RECONNECT_MS = 200;
const FIRST_ASK_MS = 100;
const LONGEST_ASK_MS = 2000;

/**
 * The events of a prediction that runs: from its event stream, taken up again after the last message where the connection is lost, and
 * from asking for it where there is no stream or it cannot be had any more. In the end the prediction itself says how it went.
 */
export class PredictionSource<E> implements EventSource<E> {
  readonly #run: PredictionRun;
  readonly #teller: PredictionTeller<E>;
  readonly #linked: LinkedController;
  #usage: Usage | undefined;
  #started = false;
  #ended = false;
  /** The connection to the stream; undefined while it is to be opened. */
  #messages: Events<SseMessage> | undefined;
  #asking = false;
  #askMs = 0;
  /** The stream said that all was well: what cannot be asked any more need not be known. */
  #done = false;
  #losses = 0;
  /** Why the stream was lost, and what it said of a failure: told where the prediction itself cannot be asked. */
  #loss: InferwayError | undefined;
  #failure: string | undefined;
  #firstId: string | undefined;
  #lastId: string | undefined;
  /** A message without an id was told. */
  #nameless = false;
  /** A stream that began again: nothing counts until the last message that was seen has come. */
  #skipping: 'ask' | 'yes' | 'no' = 'no';

  /** @param linked Ends everything that waits; released at the end. */
  constructor(run: PredictionRun, teller: PredictionTeller<E>, linked: LinkedController) {
    this.#run = run;
    this.#teller = teller;
    this.#linked = linked;
    this.#asking = this.#now.streamUrl === undefined || isOver(this.#now);
  }

  get usage(): Usage | undefined {
    return this.#usage;
  }

  /** Connects to the stream before the reply is handed out: whoever leaves it then leaves the stream's own socket. */
  async open(): Promise<void> {
    if (this.#asking) return;
    try {
      this.#messages = await this.#connect();
    } catch (reason) {
      if (this.#linked.signal.aborted) throw reason;
      await this.#lost(InferwayError.from(reason));
    }
  }

  async pull(): Promise<readonly E[] | undefined> {
    if (!this.#started) {
      this.#started = true;
      return this.#teller.start(this.#now);
    }
    try {
      while (!this.#ended) {
        const events = this.#asking ? await this.#ask() : await this.#read();
        if (events.length > 0) return events;
      }
      return undefined;
    } catch (reason) {
      throw this.#run.session.name(InferwayError.from(reason));
    }
  }

  cancel(reason: InferwayError): void {
    this.#ended = true;
    this.#run.cancel();
    this.#linked.abort(reason);
    this.#messages?.cancel(reason);
    this.#linked.release();
  }

  get #now(): Prediction {
    return this.#run.prediction as Prediction;
  }

  /** What the stream says next. */
  async #read(): Promise<readonly E[]> {
    try {
      this.#messages ??= await this.#connect();
      const batch = await this.#messages.nextBatch();
      if (batch !== undefined) return this.#told(batch);
      this.#asking = true;
      return [];
    } catch (reason) {
      if (this.#linked.signal.aborted) throw reason;
      await this.#lost(InferwayError.from(reason));
      return [];
    }
  }

  async #connect(): Promise<Events<SseMessage>> {
    const { session } = this.#run;
    const lastId = this.#lastId;
    const response = await session.exchange({
      url: this.#now.streamUrl,
      headers: {
        accept: 'text/event-stream',
        'cache-control': 'no-store',
        ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
      },
    });
    this.#skipping = lastId === undefined ? 'no' : 'ask';
    return streamEvents(session, response, new SseDecoder(messageDecoder()));
  }

  #told(batch: readonly SseMessage[]): readonly E[] {
    const events: E[] = [];
    for (const { event, data, id } of batch) {
      if (event === 'done' || event === 'error') {
        this.#done = event === 'done' && !data.includes('"reason"');
        if (event === 'error') this.#failure = data;
        this.#asking = true;
        break;
      }
      if (this.#isRepeated(id)) continue;
      this.#losses = 0;
      this.#firstId ??= id;
      this.#lastId = id;
      this.#nameless ||= id === undefined;
      if (event === 'output') events.push(...this.#teller.output(data));
      else if (event === 'logs') events.push(...(this.#teller.logs?.(data) ?? []));
    }
    return events;
  }

  // A server that forgot `Last-Event-ID` tells everything again.
  #isRepeated(id: string | undefined): boolean {
    if (this.#skipping === 'ask') this.#skipping = id === this.#firstId ? 'yes' : 'no';
    if (this.#skipping === 'no') return false;
    if (id === this.#lastId) this.#skipping = 'no';
    return true;
  }

  async #lost(error: InferwayError): Promise<void> {
    this.#messages = undefined;
    if (error.code === 'too_large') throw error;
    this.#loss = error;
    const { session } = this.#run;
    // Without ids nobody could say where to go on.
    const hopeless =
      !error.retryable || error.code === 'protocol' || ++this.#losses > MOST_RECONNECTS;
    if (hopeless || this.#nameless) this.#asking = true;
    else await sleep(session.clock, RECONNECT_MS * this.#losses, this.#linked.signal);
  }

  /** Asks how the prediction is, after a while where it was asked before. */
  async #ask(): Promise<readonly E[]> {
    const { session } = this.#run;
    if (this.#askMs > 0) await sleep(session.clock, this.#askMs, this.#linked.signal);
    this.#askMs = Math.min(Math.max(FIRST_ASK_MS, this.#askMs * 1.5), LONGEST_ASK_MS);
    let prediction: Prediction | undefined;
    try {
      prediction = isOver(this.#now) ? this.#now : await this.#run.refresh();
    } catch (reason) {
      if (this.#linked.signal.aborted) throw reason;
      if (!this.#done) throw this.#unknown(reason);
      return this.#finish(this.#now);
    }
    if (prediction === undefined) return [];
    const events = this.#teller.missing(prediction);
    if (!isOver(prediction)) return events;
    this.#usage = usageOf(prediction);
    const failure = this.#run.failure(prediction);
    if (failure === undefined) return [...events, ...(await this.#finish(prediction))];
    // What came before the failure is handed out first.
    if (events.length > 0) return events;
    throw failure;
  }

  async #finish(prediction: Prediction): Promise<readonly E[]> {
    const events = await this.#teller.end(prediction, this.#usage);
    this.#ended = true;
    this.#linked.release();
    return events;
  }

  /** What is thrown where nobody says how the prediction went. */
  #unknown(cause: unknown): InferwayError {
    if (this.#failure !== undefined) {
      return this.#run.session.fail({ type: 'prediction_failed', detail: this.#failure });
    }
    const lost =
      this.#loss ??
      new InferwayError('stream_interrupted', {
        message: 'The prediction cannot be asked for any more, and nobody knows how it went.',
        sent: 'maybe',
        cause,
      });
    lost.requestId ??= this.#now.id;
    return lost;
  }
}

/** Messages as they are; the end of the stream is its `done` or `error`. */
function messageDecoder(): StreamDecoder<SseMessage> {
  let empty = true;
  return {
    done: false,
    usage: undefined,
    message(message, out) {
      // What stands at a cut may be half a message.
      if (message.cut === true) return;
      empty = false;
      out.push(message);
      if (message.event === 'done' || message.event === 'error')
        (this as { done: boolean }).done = true;
    },
    end() {
      throw new InferwayError(empty ? 'empty_response' : 'stream_interrupted', {
        message: 'The stream of the prediction ended before the prediction did.',
        sent: 'maybe',
      });
    },
  };
}

/** Chat: one text part that grows. */
export function chatTeller(limit: number | undefined): PredictionTeller<ChatEvent> {
  let open = false;
  return textTeller<ChatEvent>({
    start: (prediction) => [{ type: 'start', ...headOf(prediction) }],
    delta(text) {
      const delta = { type: 'text-delta', index: 0, text } as const;
      if (open) return [delta];
      open = true;
      return [{ type: 'part-start', index: 0, part: { type: 'text', text: '' } }, delta];
    },
    end: (prediction, usage) => [
      ...(open ? [{ type: 'part-end', index: 0 } as const] : []),
      { type: 'finish', finishReason: finishOf(prediction, limit) },
      { type: 'end', usage },
    ],
  });
}

export function completeTeller(limit: number | undefined): PredictionTeller<CompleteEvent> {
  return textTeller<CompleteEvent>({
    start: (prediction) => [{ type: 'start', ...headOf(prediction) }],
    delta: (text) => [{ type: 'text-delta', text }],
    end: (prediction, usage) => [
      { type: 'finish', finishReason: finishOf(prediction, limit) },
      { type: 'end', usage },
    ],
  });
}

function textTeller<E>(words: {
  start(prediction: Prediction): readonly E[];
  delta(text: string): readonly E[];
  end(prediction: Prediction, usage: Usage | undefined): readonly E[];
}): PredictionTeller<E> {
  let told = '';
  const tell = (text: string): readonly E[] => {
    told += text;
    return text === '' ? [] : words.delta(text);
  };
  return {
    ...words,
    output: tell,
    missing({ output }) {
      // An event stream has one kind of line end only.
      const whole = outputText(output).replaceAll(/\r\n?/gu, '\n');
      return whole.startsWith(told) ? tell(whole.slice(told.length)) : [];
    },
  };
}

/** A prediction of any model: its outputs and logs as they come, and all of it at the end. */
export function predictionTeller(
  from: OutputSource,
  delivery: 'bytes' | 'url' | undefined,
): PredictionTeller<PredictionEvent> {
  let outputs = 0;
  let logs = '';
  const output = (data: string): readonly PredictionEvent[] => {
    outputs++;
    return [{ type: 'output', output: fileOf(data, from) ?? data }];
  };
  return {
    start: ({ id, model }) => [{ type: 'start', id, model }],
    output,
    logs(text) {
      logs += text;
      return [{ type: 'logs', text }];
    },
    missing({ output: all, logs: allLogs }) {
      const list = Array.isArray(all) ? all : all === null ? [] : [all];
      const more = allLogs.startsWith(logs) ? allLogs.slice(logs.length) : '';
      logs += more;
      return [
        ...(more === '' ? [] : [{ type: 'logs', text: more } as const]),
        ...list
          .slice(outputs)
          .flatMap((one) => output(typeof one === 'string' ? one : JSON.stringify(one))),
      ];
    },
    async end(prediction, usage) {
      const result = await predictionResult(prediction, from, delivery);
      return [
        { type: 'finish', result },
        { type: 'end', usage },
      ];
    },
  };
}

/** What Replicate posts to a webhook: the prediction as it is then. */
export interface PredictionWebhook {
  /** The same each time that one message is delivered. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  readonly prediction: Prediction;
}

/**
 * Checks that a webhook is Replicate's, and reads it. Intermediate states may arrive out of order and the last one more than once.
 *
 * @param delivery.secret As `GET /v1/webhooks/default/secret` gives it.
 * @throws {InferwayError} `authentication`, `configuration`; `protocol` for a body that is no prediction.
 */
export async function verifyWebhook(delivery: WebhookDelivery): Promise<PredictionWebhook> {
  const { id, sentAt, body } = await verifyStandardWebhook(delivery);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    parsed = undefined;
  }
  return { id, sentAt, prediction: readPrediction(parsed, 'replicate') };
}
