import type { Clock, JsonObject, JsonValue, Usage } from '@inferway/core';
import type { ChosenFault } from '../../faults/fault-control.js';
import { tempo, type Tempo } from '../../pace/pace.js';
import { hashText, SeededRandom } from '../../seeded-random.js';
import type { SimulatorContext } from '../../serve/context.js';
import { billPrediction } from './bill-prediction.js';
import type { FileBook } from './file-book.js';
import type {
  PredictionOrder,
  PredictionRecord,
  Status,
  StreamEvent,
} from './prediction-record.js';
import { WebhookNotes } from './webhook-notes.js';
import type { WebhookSender } from './webhook-sender.js';
import { type Work, WorkError, type WorkStep } from './work.js';

/** What a prediction needs of the place where it is made. */
export interface PredictionHouse {
  readonly context: SimulatorContext;
  readonly files: FileBook;
  readonly webhooks: WebhookSender;
}

/** A model that works on one input by itself, at its pace, whether or not anybody looks. */
export class Prediction implements PredictionRecord {
  readonly id: string;
  readonly order: PredictionOrder;
  /** Epoch milliseconds, as all times here. */
  readonly createdAt: number;
  readonly events: StreamEvent[] = [];
  startedAt: number | undefined;
  completedAt: number | undefined;
  status: Status = 'starting';
  output: JsonValue = null;
  error: string | null = null;
  logs = '';
  usage: Usage = {};
  /** Done to the next stream of it, once. */
  streamFault: ChosenFault | undefined;
  readonly #context: SimulatorContext;
  readonly #clock: Clock;
  readonly #work: Work;
  readonly #steps: Iterator<WorkStep>;
  readonly #tempo: Tempo;
  readonly #notes: WebhookNotes;
  readonly #watchers = new Set<() => void>();
  #pieces = 0;
  #turn: NodeJS.Immediate | undefined;
  #timer: unknown;
  #deadline: unknown;

  constructor(house: PredictionHouse, order: PredictionOrder) {
    const { context, files, webhooks } = house;
    const { clock } = context;
    const { model, input, address } = order;
    this.#context = context;
    this.#clock = clock;
    this.order = order;
    this.id = idOf(order.requestId);
    this.createdAt = clock.wallTime();
    const seed = hashText(JSON.stringify(input), hashText(model.name, context.seed));
    this.#work = model.work(input, {
      random: new SeededRandom(seed),
      deliver: (file) => `${address}/delivery/${files.deliver(file)}`,
      open: (url) => files.open(url),
    });
    this.#steps = this.#work.steps[Symbol.iterator]();
    const random = new SeededRandom(hashText(order.requestId, context.seed));
    this.#tempo = tempo(model.pace, context.pace, random);
    this.#notes = new WebhookNotes(webhooks, clock, order.webhook);
    this.streamFault = order.fault;
    this.#turn = setImmediate(() => this.#begin());
    if (order.cancelAfterMs !== undefined) {
      this.#deadline = clock.setTimer(() => this.cancel(), order.cancelAfterMs);
    }
  }

  get over(): boolean {
    return this.completedAt !== undefined;
  }

  /** What its outputs are; a stream of files has another address than one of text. */
  get gives(): Work['gives'] {
    return this.#work.gives;
  }

  /** The metrics that its model tells of. */
  get metrics(): JsonObject {
    return this.#work.metrics?.(this.usage) ?? {};
  }

  /** Calls back at every change until the returned function is called. */
  watch(callback: () => void): () => void {
    this.#watchers.add(callback);
    return () => void this.#watchers.delete(callback);
  }

  cancel(): void {
    if (!this.over) this.#end(this.startedAt === undefined ? 'aborted' : 'canceled');
  }

  /** The server closes: nothing more happens. */
  stop(): void {
    clearImmediate(this.#turn);
    this.#clock.clearTimer(this.#timer);
    this.#clock.clearTimer(this.#deadline);
    this.#watchers.clear();
  }

  #begin(): void {
    this.status = 'processing';
    this.startedAt = this.#clock.wallTime();
    this.#notes.tell(this, 'start');
    this.#changed();
    this.#goOn();
  }

  #goOn(): void {
    const { instant, writes } = this.#tempo;
    for (let step = this.#next(); step !== undefined; step = this.#next()) {
      const piece = step;
      const delay = instant ? 0 : this.#tempo.delay(piece.tokens);
      if (delay > 0) {
        this.#timer = this.#clock.setTimer(() => {
          this.#take(piece);
          this.#goOn();
        }, delay);
        return;
      }
      this.#take(piece);
      if (instant && writes === 'each') {
        this.#turn = setImmediate(() => this.#goOn());
        return;
      }
    }
  }

  /** The next piece; none where the work is over or fails. */
  #next(): WorkStep | undefined {
    if (this.over) return undefined;
    const planned = this.order.fault?.fault.jobError;
    try {
      if (planned !== undefined && this.#pieces >= (this.order.fault?.after ?? 0)) {
        throw new WorkError(planned);
      }
      const next = this.#steps.next();
      if (next.done !== true) return next.value;
      this.#end('succeeded');
    } catch (reason) {
      if (!(reason instanceof WorkError)) throw reason;
      this.error = reason.message;
      this.#say('error', JSON.stringify({ detail: reason.message }));
      this.#end('failed');
    }
    return undefined;
  }

  #take(step: WorkStep): void {
    if (step.usage !== undefined) this.usage = step.usage;
    if (step.log !== undefined) {
      this.logs += step.log;
      this.#say('logs', step.log);
      this.#notes.tell(this, 'logs');
    }
    if (step.output !== undefined) {
      this.#pieces++;
      const list = this.#work.shape === 'list';
      const before = Array.isArray(this.output) ? (this.output as readonly JsonValue[]) : [];
      this.output = list ? [...before, step.output] : step.output;
      const { output } = step;
      this.#say('output', typeof output === 'string' ? output : JSON.stringify(output));
      this.#notes.tell(this, 'output');
    }
    this.#changed();
  }

  #end(status: Status): void {
    this.status = status;
    this.completedAt = this.#clock.wallTime();
    this.#clock.clearTimer(this.#timer);
    this.#clock.clearTimer(this.#deadline);
    clearImmediate(this.#turn);
    const reason =
      status === 'succeeded' ? {} : { reason: status === 'failed' ? 'error' : 'canceled' };
    this.#say('done', JSON.stringify(reason));
    billPrediction(this, this.#context);
    this.#notes.tell(this, 'completed');
    this.#changed();
  }

  #say(event: StreamEvent['event'], data: string): void {
    this.events.push({ event, data, at: Math.floor(this.#clock.wallTime() / 1000) });
  }

  #changed(): void {
    // Who watches again in the call waits for the next change.
    const watchers = Array.from(this.#watchers);
    for (const watcher of watchers) watcher();
  }
}

/** 26 letters and digits, as Replicate's. */
function idOf(requestId: string): string {
  const unique = requestId.replaceAll(/[^a-z0-9]/gu, '');
  const parts = ['a', 'b', 'c'].map((salt) => hashText(unique, hashText(salt)).toString(36));
  return parts.join('').padEnd(26, unique).slice(0, 26);
}
