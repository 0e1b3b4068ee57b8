import {
  InferwayError,
  isJsonObject,
  type BatchContext,
  type BatchCounts,
  type BatchJob,
  type BatchOrder,
  type BatchOutcome,
  type BatchStatus,
  type ChatRequest,
  type JsonObject,
  type JsonValue,
  type Model,
  type Operation,
  type ProviderBatch,
  type Warning,
} from '@inferway/core';
import {
  classifyError,
  encodeModelId,
  OutcomeLines,
  streamEvents,
  type Connection,
  type Session,
  type SessionRequest,
} from '@inferway/provider-kit';
import { anthropicMessages, type AnthropicDialect } from '@inferway/wire';
import { refineError } from './answer-headers.js';
import { betasOf } from './provider-options.js';

const PATH = 'v1/messages/batches';

/** Message Batches (platform.claude.com, "Batch processing"): requests of any models, answered within a day at half the price. */
export function messageBatches(
  connection: Connection,
  dialect: AnthropicDialect,
  betas: readonly string[],
): ProviderBatch {
  const session = (context: BatchContext, model?: Model): Session =>
    connection.session({
      signal: context.signal,
      credential: context.credential,
      clock: context.runtime.clock,
      model,
    });
  return {
    operations: ['chat'],
    discount: 0.5,
    async create(order, context) {
      const asked = session(context, order.model);
      const warnings: Warning[] = [];
      const requests = encodeItems(order, dialect, warnings);
      if (order.metadata !== undefined) warnings.push(NO_METADATA);
      const needed = new Set(
        order.items.flatMap(({ request }) =>
          betasOf(request as ChatRequest, order.model.provider, betas),
        ),
      );
      const headers =
        needed.size > betas.length ? { 'anthropic-beta': [...needed].join(',') } : undefined;
      const job = await readJob(asked, { path: PATH, body: { requests }, headers });
      return { ...jobOf(job, asked.provider), ...(warnings.length > 0 && { warnings }) };
    },
    async status(id, context) {
      const asked = session(context);
      return jobOf(await readJob(asked, { path: pathOf(id) }), asked.provider);
    },
    results: (id, context) => readResults(id, session(context), dialect, context.warn),
    async cancel(id, context) {
      const asked = session(context);
      const job = await readJob(asked, { path: `${pathOf(id)}/cancel`, body: {} });
      return jobOf(job, asked.provider);
    },
  };
}

const NO_METADATA: Warning = {
  type: 'unsupported',
  setting: 'metadata',
  message: 'Message batches keep no labels: "metadata" was not sent.',
};

async function readJob(asked: Session, request: SessionRequest): Promise<JsonObject> {
  const job = await asked.json(request);
  if (isJsonObject(job) && typeof job.id === 'string') return job;
  throw asked.name(
    new InferwayError('protocol', { message: 'The answer tells of no batch: it has no id.' }),
  );
}

function pathOf(id: string): string {
  return `${PATH}/${encodeModelId(id)}`;
}

function encodeItems<K extends Operation>(
  { operation, model, items }: BatchOrder<K>,
  dialect: AnthropicDialect,
  warnings: Warning[],
): JsonObject[] {
  if (operation !== 'chat') {
    throw new InferwayError('unsupported', {
      message: `Message batches hold chats, not "${operation}".`,
      param: 'operation',
      sent: 'no',
    });
  }
  const told = new Set<string>();
  const warn = (warning: Warning): void => {
    // The same request a thousand times has the same warning once.
    if (told.has(warning.message)) return;
    told.add(warning.message);
    warnings.push(warning);
  };
  const to = { model: model.id, provider: model.provider, stream: false, dialect, warn };
  return items.map(({ id, request }, index) => {
    try {
      const params = anthropicMessages.encodeRequest(request as ChatRequest, to);
      return { custom_id: id, params };
    } catch (reason) {
      const error = InferwayError.from(reason);
      throw new InferwayError(error.code, {
        message: `Item "${id}" of the batch: ${error.message}`,
        param: `items[${index}].request${error.param === undefined ? '' : `.${error.param}`}`,
        sent: 'no',
        cause: error,
      });
    }
  });
}

const STATUSES: Readonly<Record<string, BatchStatus>> = {
  in_progress: 'running',
  canceling: 'cancelling',
};

function jobOf(job: JsonObject, provider: string): BatchJob {
  const counts = isJsonObject(job.request_counts) ? job.request_counts : undefined;
  return {
    id: typeof job.id === 'string' ? job.id : '',
    provider,
    status: STATUSES[String(job.processing_status)] ?? endedAs(job, counts),
    operation: 'chat',
    counts: counts === undefined ? undefined : countsOf(counts),
    createdAt: timeOf(job.created_at),
    endedAt: timeOf(job.ended_at),
    expiresAt: timeOf(job.expires_at),
  };
}

// A batch of which something was done is completed: what became of the rest, its results tell.
function endedAs(job: JsonObject, counts: JsonObject | undefined): BatchStatus {
  if (job.processing_status !== 'ended') return 'pending';
  const none = count(counts?.succeeded) === 0 && count(counts?.errored) === 0;
  if (none && count(counts?.canceled) > 0) return 'cancelled';
  return none && count(counts?.expired) > 0 ? 'expired' : 'completed';
}

function countsOf(counts: JsonObject): BatchCounts {
  const failed = count(counts.errored) + count(counts.canceled) + count(counts.expired);
  const succeeded = count(counts.succeeded);
  return { total: count(counts.processing) + succeeded + failed, succeeded, failed };
}

function count(value: JsonValue | undefined): number {
  return typeof value === 'number' ? value : 0;
}

function timeOf(value: JsonValue | undefined): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

async function* readResults(
  id: string,
  session: Session,
  dialect: AnthropicDialect,
  warn: BatchContext['warn'],
): AsyncGenerator<BatchOutcome> {
  const job = await readJob(session, { path: pathOf(id) });
  if (job.processing_status !== 'ended') {
    throw session.name(
      new InferwayError('conflict', {
        message: 'The batch has not ended: its results can be read once its status says so.',
      }),
    );
  }
  // `results_url` is this path at the API's own host; nothing is read from wherever else it may point.
  const response = await session.exchange({
    path: `${pathOf(id)}/results`,
    headers: { accept: 'application/x-jsonl, application/binary' },
  });
  yield* streamEvents(session, response, new ResultDecoder(id, session, dialect, warn));
}

class ResultDecoder extends OutcomeLines {
  readonly #session: Session;
  readonly #dialect: AnthropicDialect;
  readonly #warn: (warning: Warning) => void;

  constructor(id: string, session: Session, dialect: AnthropicDialect, warn: BatchContext['warn']) {
    super(session.provider, id);
    this.#session = session;
    this.#dialect = dialect;
    this.#warn = warn ?? (() => undefined);
  }

  protected override outcome(id: string, line: JsonObject): BatchOutcome {
    const result = isJsonObject(line.result) ? line.result : {};
    switch (result.type) {
      case 'succeeded':
        return this.#succeeded(id, result.message);
      case 'canceled':
        return { id, status: 'cancelled', error: this.notRun('aborted', result.type) };
      case 'expired':
        return { id, status: 'expired', error: this.notRun('timeout', result.type) };
      default:
        return { id, status: 'failed', error: this.#failure(result.error ?? result) };
    }
  }

  #succeeded(id: string, message: JsonValue | undefined): BatchOutcome {
    try {
      const { result, usage } = anthropicMessages.decodeResponse(message, {
        dialect: this.#dialect,
        fail: (body) => this.#failure(body),
        warn: this.#warn,
      });
      return { id, status: 'succeeded', result, ...(usage === undefined ? {} : { usage }) };
    } catch (reason) {
      const error = InferwayError.from(reason);
      error.provider ??= this.#session.provider;
      return { id, status: 'failed', error };
    }
  }

  // The error of an item, not of the exchange that tells of it: no status, no headers.
  #failure(body: unknown): InferwayError {
    const { provider } = this.#session;
    return classifyError({ provider, status: 200, headers: {}, body, now: 0, refine: refineError });
  }
}
