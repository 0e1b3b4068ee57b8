import { InferwayError } from '../error.js';
import { callerAbortReason, linkedController, type LinkedController } from '../signal.js';
import type { BatchHost } from './batch-host.js';
import { endRecord, outcomeRecord, type LoggedBatch } from './batch-log.js';
import type { ReadyItem, ReadyOrder } from './batch-order.js';
import type { BatchLog } from './batch-store.js';
import type { BatchJob, BatchStatus } from './batch-types.js';
import type { BatchOptions } from './client-batch-types.js';
import type { KeptOutcome } from './kept-outcome.js';

/** A batch that the client runs: a bounded number of calls at a time, each through the whole chain; an outcome is told once it is written down. */
export class LocalBatch {
  readonly order: ReadyOrder;
  readonly #id: string;
  readonly #host: BatchHost;
  readonly #outcomes = new Map<string, KeptOutcome>();
  readonly #told: KeptOutcome[] = [];
  readonly #waiting: ReadyItem[];
  #status: BatchStatus;
  #endedAt: number | undefined;
  #error: InferwayError | undefined;
  #log: BatchLog | undefined;
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(host: BatchHost, id: string, logged: LoggedBatch) {
    this.order = logged.order;
    this.#host = host;
    this.#id = id;
    for (const outcome of logged.outcomes.values()) this.#tell(outcome);
    this.#waiting = logged.order.items.filter((item) => !this.#outcomes.has(item.id));
    this.#status = logged.ended?.status ?? 'pending';
    this.#endedAt = logged.ended?.at;
  }

  /** True until its end, where it runs in this process. */
  get running(): boolean {
    return this.#log !== undefined;
  }

  get ended(): boolean {
    return this.#endedAt !== undefined;
  }

  get job(): BatchJob {
    const { operation, model, metadata, createdAt, items } = this.order;
    let succeeded = 0;
    for (const { status } of this.#told) if (status === 'succeeded') succeeded++;
    return {
      id: this.#id,
      provider: model.provider,
      model: model.id,
      status: this.#status,
      operation,
      counts: { total: items.length, succeeded, failed: this.#told.length - succeeded },
      createdAt,
      ...(this.#endedAt === undefined ? {} : { endedAt: this.#endedAt }),
      ...(metadata === undefined ? {} : { metadata }),
      ...(this.#error === undefined ? {} : { errors: [this.#error] }),
    };
  }

  /** Begins what is left, and writes to `log` from now on. */
  start(log: BatchLog, { signal, state }: BatchOptions, concurrency: number): void {
    this.#log = log;
    this.#status = 'running';
    const link = linkedController(signal, callerAbortReason);
    const workers = Array.from({ length: Math.min(concurrency, this.#waiting.length) }, () =>
      this.#work(link.signal, state),
    );
    void Promise.all(workers).then(() => this.#end(log, link));
  }

  /** No further item is begun. */
  cancel(): void {
    if (this.#status === 'running') this.#status = 'cancelling';
  }

  /** The outcomes, those to come included. */
  async *outcomes(signal: AbortSignal | undefined): AsyncGenerator<KeptOutcome, undefined> {
    for (let index = 0; ; index++) {
      while (index >= this.#told.length) {
        if (!this.running) return;
        await this.#change(signal);
      }
      yield this.#told[index] as KeptOutcome;
    }
  }

  /** Resolves at the end. */
  async untilEnd(signal: AbortSignal | undefined): Promise<void> {
    while (this.running) await this.#change(signal);
  }

  async #work(signal: AbortSignal, state: BatchOptions['state']): Promise<void> {
    while (this.#status === 'running' && !signal.aborted) {
      const item = this.#waiting.shift();
      if (item === undefined) return;
      const outcome = await this.#run(item, signal, state);
      if (outcome === undefined) this.#waiting.push(item);
      else await this.#keep([outcome]);
    }
  }

  /** Undefined where the batch's own signal ended it. */
  async #run(
    { id, request }: ReadyItem,
    signal: AbortSignal,
    state: BatchOptions['state'],
  ): Promise<KeptOutcome | undefined> {
    const { operation, model } = this.order;
    try {
      const options = { model, stream: false, signal, state } as const;
      const { result, usage, cost, meta } = await this.#host.send(operation, request, options);
      const { requestId } = meta;
      return { id, status: 'succeeded', result, usage, cost, requestId } as KeptOutcome;
    } catch (reason) {
      if (signal.aborted) return undefined;
      const error = InferwayError.from(reason);
      return { id, status: 'failed', error, usage: error.usage };
    }
  }

  async #keep(outcomes: readonly KeptOutcome[]): Promise<void> {
    try {
      await this.#log?.append(outcomes.map((outcome) => outcomeRecord(outcome)));
    } catch (reason) {
      this.#fail(reason);
    }
    for (const outcome of outcomes) this.#tell(outcome);
  }

  async #end(log: BatchLog, link: LinkedController): Promise<void> {
    link.release();
    const left = this.#waiting.splice(0);
    const { signal } = link;
    const at = this.#host.runtime.clock.wallTime();
    // What a signal ended is not written down: it can be resumed.
    if (this.#error !== undefined) this.#close(left, 'failed', this.#error);
    else if (signal.aborted) this.#close(left, 'cancelled', signal.reason as InferwayError);
    else {
      if (left.length > 0) {
        await this.#keep(left.map(({ id }) => ({ id, status: 'cancelled', error: cancelled() })));
      }
      const status = left.length > 0 ? 'cancelled' : 'completed';
      await log.append([endRecord(status, at)]).catch((reason: unknown) => this.#fail(reason));
      this.#status = this.#error === undefined ? status : 'failed';
    }
    await log.close().catch((reason: unknown) => this.#fail(reason));
    this.#endedAt = at;
    this.#log = undefined;
    this.#changed.resolve();
  }

  #close(left: readonly ReadyItem[], status: 'failed' | 'cancelled', error: InferwayError): void {
    for (const { id } of left) this.#tell({ id, status, error });
    this.#status = status;
  }

  // Without a log no further item may be begun: after a restart it would be run again.
  #fail(reason: unknown): void {
    this.#error ??= InferwayError.from(reason);
    this.#status = 'failed';
  }

  #tell(outcome: KeptOutcome): void {
    if (this.#outcomes.has(outcome.id)) return;
    this.#outcomes.set(outcome.id, outcome);
    this.#told.push(outcome);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async #change(signal: AbortSignal | undefined): Promise<void> {
    const link = linkedController(signal, callerAbortReason);
    try {
      await link.race(this.#changed.promise);
    } finally {
      link.release();
    }
  }
}

function cancelled(): InferwayError {
  return new InferwayError('aborted', {
    message: 'The batch was cancelled before this item was begun.',
    sent: 'no',
  });
}
