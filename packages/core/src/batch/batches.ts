import { InferwayError } from '../error.js';
import type { Operation } from '../operations.js';
import type { Provider, ProviderBase } from '../provider.js';
import { callerAbortReason, linkedController } from '../signal.js';
import type { OperationTraits } from '../traits.js';
import type { Warning } from '../warning.js';
import type { BatchHost } from './batch-host.js';
import { batchIdOf, splitBatchId, unknownBatch } from './batch-id.js';
import { orderRecords, readLog, type LoggedBatch } from './batch-log.js';
import { readOrder, type ReadyItem, type ReadyOrder, type WrittenOrder } from './batch-order.js';
import type { BatchStore } from './batch-store.js';
import type { BatchContext, BatchJob, ProviderBatch } from './batch-types.js';
import type {
  BatchOptions,
  ClientBatchJob,
  ClientBatchOutcome,
  WaitOptions,
} from './client-batch-types.js';
import { completedOutcome, type KeptOutcome } from './kept-outcome.js';
import { LocalBatch } from './local-batch.js';
import { memoryBatchStore } from './memory-batch-store.js';
import { batchCost, providerOutcomes } from './provider-outcomes.js';
import { waitForEnd } from './wait-for-end.js';
import { whileAlive } from './while-alive.js';

const DEFAULT_CONCURRENCY = 8;
/** A batch's calls have no chain around them that would end them. An upload may be of 200 MB. */
const CREATE_MS = 15 * 60_000;
const ASK_MS = 60_000;

/** All batches of one client. Types of items and results are the caller's to know. */
export class Batches {
  readonly #host: BatchHost;
  readonly #store: BatchStore;
  readonly #concurrency: number;
  readonly #local = new Map<string, LocalBatch>();
  /** Items of providers' batches that this client created: with what completes their results. */
  readonly #created = new Map<string, ReadyOrder>();

  constructor(host: BatchHost) {
    const { store, concurrency = DEFAULT_CONCURRENCY } = host.settings;
    if (!Number.isInteger(concurrency) || concurrency < 1) {
      throw new InferwayError('configuration', {
        message: `batch.concurrency is ${concurrency}; give a whole number of 1 or more.`,
        param: 'batch.concurrency',
      });
    }
    this.#host = host;
    this.#store = store ?? memoryBatchStore();
    this.#concurrency = concurrency;
  }

  async create(written: WrittenOrder, options: BatchOptions): Promise<ClientBatchJob> {
    return this.#within(CREATE_MS, options, async (context) => {
      const order = await readOrder(written, this.#host.runtime, context.signal);
      const { provider: name } = order.model;
      const provider = this.#provider(name);
      const { batch } = provider;
      if (batch?.operations.includes(order.operation) !== true || written.runBy === 'client') {
        return this.#createLocal(order, provider, options);
      }
      const job = await batch.create(order as never, context);
      const id = batchIdOf(name, job.id);
      this.#created.set(id, order);
      await this.#remember(id, order);
      return { ...job, id };
    });
  }

  async status(id: string, options: BatchOptions): Promise<ClientBatchJob> {
    const local = await this.#findLocal(id);
    if (local !== undefined) return local.job;
    return this.#ask(id, options, (batch, own, context) => batch.status(own, context));
  }

  async cancel(id: string, options: BatchOptions): Promise<ClientBatchJob> {
    const local = await this.#findLocal(id);
    if (local === undefined) {
      return this.#ask(id, options, (batch, own, context) => batch.cancel(own, context));
    }
    if (local.running) local.cancel();
    else if (!local.ended) {
      // It ended with its process: going on and stopping at once writes down what was not begun.
      local.start(await this.#store.open(id), options, 0);
      this.#local.set(id, local);
      await local.untilEnd(options.signal);
    }
    return local.job;
  }

  async wait(id: string, options: WaitOptions): Promise<ClientBatchJob> {
    const local = await this.#findLocal(id);
    if (local !== undefined) {
      if (!local.running && !local.ended) throw notRunning(id);
      await local.untilEnd(options.signal);
      return local.job;
    }
    const { clock } = this.#host.runtime;
    return waitForEnd((signal) => this.status(id, { ...options, signal }), {
      clock,
      signal: options.signal,
      everyMs: options.everyMs,
    });
  }

  async resume(id: string, options: BatchOptions): Promise<ClientBatchJob> {
    const known = this.#local.get(id);
    if (known?.running === true) return known.job;
    const found = await this.#load(id);
    if (found === undefined) throw unknownBatch(id);
    if (found.remote) return this.status(id, options);
    if (found.ended !== undefined) return new LocalBatch(this.#host, id, found).job;
    const log = await this.#store.open(id);
    // Read again now that nobody else writes.
    const logged = (await this.#load(id)) ?? found;
    const items = known?.order.items ?? logged.order.items;
    const batch = new LocalBatch(this.#host, id, { ...logged, order: { ...logged.order, items } });
    this.#local.set(id, batch);
    batch.start(log, options, this.#concurrency);
    return batch.job;
  }

  async *results(
    id: string,
    options: BatchOptions,
    warn: (warning: Warning) => void,
  ): AsyncGenerator<ClientBatchOutcome<never>, undefined> {
    const local = await this.#findLocal(id);
    if (local !== undefined) {
      if (!local.running && !local.ended) throw notRunning(id);
      yield* this.#completed(local.outcomes(options.signal), local.order);
      return;
    }
    const link = linkedController(options.signal, callerAbortReason);
    try {
      const context = { ...this.#context(options, link.signal), warn };
      yield* whileAlive(this.#providerResults(id, context), this.#host.runtime.clock, link);
    } catch (reason) {
      throw InferwayError.from(reason);
    } finally {
      link.release();
    }
  }

  async *#providerResults(
    id: string,
    context: BatchContext,
  ): AsyncGenerator<ClientBatchOutcome<never>, undefined> {
    const { provider, batch, own } = this.#providerOf(id);
    const order = this.#created.get(id) ?? (await this.#load(id))?.order;
    const { prices } = this.#host.settings;
    // Who knows the order knows the model and the operation.
    const job = order === undefined ? await batch.status(own, context) : undefined;
    const model =
      order?.model ??
      (job?.model === undefined ? undefined : { provider: provider.name, id: job.model });
    const at = this.#host.runtime.clock.wallTime();
    const outcomes = providerOutcomes(batch.results(own, context), {
      provider: provider.name,
      ids: order === undefined ? undefined : new Set(order.items.map((item) => item.id)),
      status: async () => (await batch.status(own, context)).status,
      cost: (usage) => batchCost(usage, { prices, discount: batch.discount, model, at }),
      warn: (warning) => context.warn?.(warning),
    });
    yield* this.#completed(outcomes, order ?? { operation: job?.operation, items: [] });
  }

  async *#completed(
    outcomes: AsyncIterable<KeptOutcome>,
    order: { readonly operation?: Operation | undefined; readonly items: readonly ReadyItem[] },
  ): AsyncGenerator<ClientBatchOutcome<never>, undefined> {
    const { operation } = order;
    const traits =
      operation === undefined ? undefined : this.#host.runtime.traits<Operation>(operation);
    const items = new Map(order.items.map((item) => [item.id, item]));
    for await (const outcome of outcomes) {
      yield await completedOutcome(
        outcome,
        traits as OperationTraits<never> | undefined,
        items.get(outcome.id),
      );
    }
  }

  async #createLocal(
    order: ReadyOrder,
    provider: Provider,
    options: BatchOptions,
  ): Promise<ClientBatchJob> {
    if (typeof provider[order.operation] !== 'function') {
      throw new InferwayError('unsupported', {
        message: `The provider "${provider.name}" has no operation "${order.operation}", neither for batches nor for calls.`,
        provider: provider.name,
      });
    }
    const { clock } = this.#host.runtime;
    const random = Array.from({ length: 4 }, () => Math.floor(clock.random() * 2 ** 32));
    const name = random.map((part) => part.toString(16).padStart(8, '0')).join('');
    const id = batchIdOf('local', name);
    const log = await this.#store.open(id);
    try {
      await log.append(orderRecords(order, false));
    } catch (reason) {
      await log.close();
      throw reason;
    }
    const batch = new LocalBatch(this.#host, id, { order, remote: false, outcomes: new Map() });
    this.#local.set(id, batch);
    batch.start(log, options, this.#concurrency);
    return batch.job;
  }

  async #remember(id: string, order: ReadyOrder): Promise<void> {
    const log = await this.#store.open(id);
    try {
      await log.append(orderRecords(order, true));
    } finally {
      await log.close();
    }
  }

  // A provider may be named "local" too: what is known here comes first.
  async #findLocal(id: string): Promise<LocalBatch | undefined> {
    const known = this.#local.get(id);
    if (known !== undefined || !id.startsWith('local/')) return known;
    const logged = await this.#load(id);
    if (logged !== undefined && !logged.remote) return new LocalBatch(this.#host, id, logged);
    if (!this.#host.providers.has('local')) throw unknownBatch(id);
    return undefined;
  }

  async #load(id: string): Promise<LoggedBatch | undefined> {
    const records = await this.#store.load(id);
    return records === undefined ? undefined : readLog(records);
  }

  async #ask(
    id: string,
    options: BatchOptions,
    ask: (batch: ProviderBatch, own: string, context: BatchContext) => Promise<BatchJob>,
  ): Promise<ClientBatchJob> {
    const { batch, own } = this.#providerOf(id);
    return this.#within(ASK_MS, options, async (context) => ({
      ...(await ask(batch, own, context)),
      id,
    }));
  }

  #providerOf(id: string): { provider: ProviderBase; batch: ProviderBatch; own: string } {
    const { provider: name, own } = splitBatchId(id);
    const provider = this.#provider(name);
    if (provider.batch === undefined) throw unknownBatch(id);
    return { provider, batch: provider.batch, own };
  }

  #provider(name: string): Provider {
    const provider = this.#host.providers.get(name);
    if (provider !== undefined) return provider;
    throw new InferwayError('not_found', {
      message: `No provider is named ${JSON.stringify(name)} here. Known: ${[...this.#host.providers.keys()].join(', ')}.`,
      fallbackable: false,
    });
  }

  #context({ credential }: BatchOptions, signal: AbortSignal): BatchContext {
    return { runtime: this.#host.runtime, signal, credential };
  }

  async #within<T>(
    ms: number,
    options: BatchOptions,
    work: (context: BatchContext) => Promise<T>,
  ): Promise<T> {
    const { clock } = this.#host.runtime;
    const link = linkedController(options.signal, callerAbortReason);
    const timer = clock.setTimer(() => {
      const message = `The call of the batch API was not over within ${ms / 1000} seconds.`;
      link.abort(new InferwayError('timeout', { message, phase: 'total' }));
    }, ms);
    try {
      if (link.signal.aborted) throw link.signal.reason;
      return await link.race(work(this.#context(options, link.signal)));
    } catch (reason) {
      throw InferwayError.from(reason);
    } finally {
      clock.clearTimer(timer);
      link.release();
    }
  }
}

function notRunning(id: string): InferwayError {
  return new InferwayError('conflict', {
    message: `The batch "${id}" is not over and does not run in this process. Go on with it by client.batch.resume(id).`,
    retryable: false,
  });
}
