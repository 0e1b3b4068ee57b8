import {
  fileBytes,
  InferwayError,
  isJsonObject,
  remainingMs,
  sleep,
  type Call,
  type FileData,
  type JsonObject,
  type JsonValue,
  type Usage,
} from '@inferway/core';
import {
  encodeModelId,
  ofTakenWork,
  poll,
  uploadFile,
  type Connection,
  type ErrorRefinement,
  type FileSettings,
  type Session,
} from '@inferway/provider-kit';

export type PredictionStatus =
  | 'starting'
  | 'processing'
  | 'succeeded'
  | 'failed'
  | 'canceled'
  | 'aborted';

/** A prediction as Replicate tells of it (replicate.com/docs/reference/http), as far as it is used. */
export interface Prediction {
  readonly id: string;
  /** `aborted`: given up before it began, at its deadline. Others may come. */
  readonly status: PredictionStatus;
  readonly model?: string | undefined;
  /** Absent for official models, which hide theirs. */
  readonly version?: string | undefined;
  /** As the model gives it; null where there is none yet. */
  readonly output: JsonValue;
  readonly error?: string | undefined;
  readonly logs: string;
  /** Seconds and counts: `predict_time`, `total_time`, and for official language models `input_token_count`, `output_token_count`. */
  readonly metrics: JsonObject;
  /** Epoch milliseconds. */
  readonly createdAt?: number | undefined;
  readonly completedAt?: number | undefined;
  readonly streamUrl?: string | undefined;
  /** Input, output and logs were deleted, an hour after the end. */
  readonly dataRemoved: boolean;
}

export type WebhookEvent = 'start' | 'output' | 'logs' | 'completed';

/** How one prediction is to be made. */
export interface PredictionOrder {
  readonly input: JsonObject;
  /** Hold the creation for so many seconds at most; 0 not at all. */
  readonly waitSeconds: number;
  readonly webhook?: string | undefined;
  readonly webhookEvents?: readonly WebhookEvent[] | undefined;
}

/** By its OpenAPI description. */
export const FILES: FileSettings = {
  fileField: 'content',
  names: { name: 'name', bytes: 'size' },
  listField: 'results',
  nextPage: [{ parameter: 'cursor', field: 'next' }],
};

// Larger files are to be given as URLs (replicate.com/docs/topics/predictions/input-files).
const LARGEST_DATA_URL = 256 * 1024;
const SHORTEST_DEADLINE_S = 5;
const MOST_FAILURES = 5;
const LONGEST_WAIT_MS = 30_000;
const CANCEL_TIMEOUT_MS = 10_000;

/** One prediction from its creation to its end, for one call. */
export class PredictionRun {
  readonly session: Session;
  /** As it was told last. */
  prediction: Prediction | undefined;
  readonly #connection: Connection;
  readonly #call: Call;
  #failures = 0;
  #cancelled = false;

  /** @param signal Ends all exchanges but the cancelling itself. */
  constructor(connection: Connection, call: Call, signal: AbortSignal) {
    this.#connection = connection;
    this.#call = call;
    const { credential, progress, model, state } = call;
    this.session = connection.session({ signal, credential, progress, model, state });
  }

  /** The names of the model's inputs by its schema; undefined for deployments and bare versions, and where it is not to be had. */
  async inputNames(): Promise<ReadonlySet<string> | undefined> {
    const { session } = this;
    const [name = '', version] = encodeModelId(session.model).split('%3A');
    if (!/^(?!deployments\/)[^/]+\/[^/]+$/u.test(name)) return undefined;
    const found = await session
      .json({
        path: version === undefined ? `models/${name}` : `models/${name}/versions/${version}`,
      })
      .catch(() => undefined);
    const steps = ['openapi_schema', 'components', 'schemas', 'Input', 'properties'];
    let at = found;
    for (const step of version === undefined ? ['latest_version', ...steps] : steps) {
      at = isJsonObject(at) ? at[step] : undefined;
    }
    return isJsonObject(at) ? new Set(Object.keys(at)) : undefined;
  }

  /** Makes the prediction. What may have been accepted is never asked for again. @throws {InferwayError} */
  async create({
    input,
    waitSeconds,
    webhook,
    webhookEvents,
  }: PredictionOrder): Promise<Prediction> {
    const { session } = this;
    const { path, version } = targetOf(session.model);
    const leftMs = remainingMs(this.#call.state);
    const deadline = Math.max(SHORTEST_DEADLINE_S, Math.ceil(leftMs / 1000));
    try {
      const body = await session.json({
        path,
        body: {
          ...(version === undefined ? {} : { version }),
          input,
          ...(webhook === undefined ? {} : { webhook }),
          ...(webhookEvents === undefined ? {} : { webhook_events_filter: webhookEvents }),
        },
        headers: {
          ...(waitSeconds > 0 ? { prefer: `wait=${waitSeconds}` } : {}),
          // What the caller will not see any more is not worth its price, also where we cannot say so.
          ...(Number.isFinite(leftMs) ? { 'cancel-after': `${deadline}s` } : {}),
        },
      });
      return (this.prediction = readPrediction(body, session.provider));
    } catch (reason) {
      const error = InferwayError.from(reason);
      throw session.signal.aborted ? error : session.name(onceOnly(error));
    }
  }

  /** Asks until the prediction is over. @throws {InferwayError} */
  async settle(): Promise<Prediction> {
    const first = this.prediction;
    if (first !== undefined && isOver(first)) return first;
    const { clock, signal } = this.session;
    return poll(
      async () => {
        const prediction = await this.refresh();
        return prediction !== undefined && isOver(prediction) ? prediction : undefined;
      },
      { clock, signal, firstMs: 300 },
    );
  }

  /** Asks once; undefined where that failed in a way that may pass. @throws {InferwayError} */
  async refresh(): Promise<Prediction | undefined> {
    const { session } = this;
    try {
      const body = await session.json({ path: `predictions/${this.prediction?.id}` });
      this.#failures = 0;
      return (this.prediction = readPrediction(body, session.provider));
    } catch (reason) {
      const error = session.name(InferwayError.from(reason));
      const mayPass = !session.signal.aborted && error.retryable;
      if (!mayPass || ++this.#failures >= MOST_FAILURES) throw ofTakenWork(error, session.signal);
      const waitMs = Math.min(error.retryAfterMs ?? 0, LONGEST_WAIT_MS);
      await sleep(session.clock, waitMs, session.signal);
      return undefined;
    }
  }

  /** Tells Replicate that nobody wants the answer, once, where it still runs. Waits for nothing. */
  cancel(): void {
    const { prediction } = this;
    if (this.#cancelled || prediction === undefined || isOver(prediction)) return;
    this.#cancelled = true;
    const { credential, model, state } = this.#call;
    const signal = AbortSignal.timeout(CANCEL_TIMEOUT_MS);
    this.#connection
      .session({ signal, credential, model, state })
      .json({ method: 'POST', path: `predictions/${prediction.id}/cancel` })
      // There is nobody left to be told.
      .catch(() => {});
  }

  /** The URL under which Replicate can read a file: its own, a data URL, or that of an upload. @throws {InferwayError} */
  async urlOf(file: FileData): Promise<string> {
    if (file.type === 'url') return file.url;
    if (file.type === 'file-id') {
      const { origin, path } = this.#connection.base;
      return `${origin}${path}/files/${encodeURIComponent(file.id)}`;
    }
    const data = fileBytes(file);
    if (data.length <= LARGEST_DATA_URL) {
      return `data:${file.mediaType};base64,${Buffer.from(data).toString('base64')}`;
    }
    const { raw } = await uploadFile(this.session, file, {}, FILES);
    const url = isJsonObject(raw['urls']) ? raw['urls']['get'] : undefined;
    if (typeof url === 'string') return url;
    throw new InferwayError('protocol', {
      message: `${this.session.provider} took a file and did not say where it is.`,
    });
  }

  /** What a prediction that is over and has not succeeded means for the call. */
  failure({ status, error, id }: Prediction): InferwayError | undefined {
    if (status === 'succeeded') return undefined;
    const type = `prediction_${status}`;
    const failed = this.session.fail({ type, message: error ?? `The prediction was ${status}.` });
    failed.requestId ??= id;
    return failed;
  }
}

/**
 * Where a model's predictions are made: `owner/name`, `owner/name:version`, a bare version of 64 hex digits, or `deployments/owner/name`.
 *
 * @throws {InferwayError} `invalid_request`.
 */
export function targetOf(model: string): { readonly path: string; readonly version?: string } {
  const encoded = encodeModelId(model);
  const [first, second, third, ...rest] = encoded.split('/');
  if (first === 'deployments' && third !== undefined && rest.length === 0) {
    return { path: `deployments/${second}/${third}/predictions` };
  }
  if (second === undefined && /^[0-9a-f]{64}$/u.test(model)) {
    return { path: 'predictions', version: model };
  }
  if (first !== 'deployments' && second !== undefined && third === undefined) {
    return model.includes(':')
      ? { path: 'predictions', version: model }
      : { path: `models/${encoded}/predictions` };
  }
  throw new InferwayError('invalid_request', {
    message: `"${model}" names no model of Replicate's. Write owner/name, owner/name:version, a version of 64 hex digits, or deployments/owner/name.`,
    param: 'model',
    sent: 'no',
  });
}

export function isOver({ status }: Prediction): boolean {
  return status !== 'starting' && status !== 'processing';
}

/** Tokens where the model counts them, the machine's seconds, and images. */
export function usageOf({ metrics }: Prediction): Usage | undefined {
  if (Object.keys(metrics).length === 0) return undefined;
  const count = (name: string): number | undefined => {
    const value = metrics[name];
    return typeof value === 'number' && value >= 0 ? value : undefined;
  };
  const units = known({ computeSeconds: count('predict_time'), images: count('image_count') });
  return {
    ...known({
      inputTokens: count('input_token_count'),
      outputTokens: count('output_token_count'),
    }),
    ...(Object.keys(units).length === 0 ? {} : { units }),
    raw: metrics,
  };
}

/** @throws {InferwayError} `protocol` for what is no prediction. */
export function readPrediction(body: unknown, provider: string): Prediction {
  const { id, status, urls, error, metrics, version, output } = isJsonObject(body) ? body : {};
  // The id becomes a path.
  if (!isJsonObject(body) || typeof id !== 'string' || !/^[\w-]+$/u.test(id)) {
    throw new InferwayError('protocol', {
      message: `${provider} answered with something that is no prediction.`,
      sent: 'maybe',
    });
  }
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' ? value : undefined;
  const time = (value: unknown): number | undefined => {
    const at = Date.parse(text(value) ?? '');
    return Number.isNaN(at) ? undefined : at;
  };
  return {
    id,
    status: status as PredictionStatus,
    model: text(body['model']),
    version: version === 'hidden' ? undefined : text(version),
    output: output ?? null,
    error:
      text(error) ?? (error === undefined || error === null ? undefined : JSON.stringify(error)),
    logs: text(body['logs']) ?? '',
    metrics: isJsonObject(metrics) ? metrics : {},
    createdAt: time(body['created_at']),
    completedAt: time(body['completed_at']),
    streamUrl: isJsonObject(urls) ? text(urls['stream']) : undefined,
    dataRemoved: body['data_removed'] === true,
  };
}

/** An error after which the prediction may be at work is not worth a second prediction. */
function onceOnly(error: InferwayError): InferwayError {
  const { sent, status, code, message, body } = error;
  const refused = status !== undefined && status >= 400;
  if (refused || code !== 'connection' || sent !== 'maybe') return error;
  return new InferwayError(code, {
    ...error,
    message: `${message} The prediction may have been made; it is not asked for again.`,
    retryable: false,
    cause: error,
    body,
  });
}

function known<T extends object>(members: T): T {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as T;
}

/** Replicate's reading of its errors: statuses of the API, and the texts with which predictions fail (replicate.com/docs/reference/error-codes). */
export const refineError: ErrorRefinement = (body, { status, headers }) => {
  const message = body.message ?? '';
  switch (status) {
    case 404:
      return {
        cure: 'Only official models run by name: others need a version (owner/name:version). Predictions, their outputs and uploads are deleted after a while.',
      };
    case 422:
      return /version/iu.test(String(body.fields['title'] ?? ''))
        ? {
            code: 'not_found',
            cure: 'Look up the model’s latest version, or leave the version out for an official model.',
          }
        : undefined;
    case 429: {
      const reset = Number(
        headers['ratelimit-reset'] ?? /resets in ~(\d+)\s*s/u.exec(message)?.[1],
      );
      return Number.isFinite(reset) ? { retryAfterMs: reset * 1000 } : undefined;
    }
    default:
      return status < 400 ? ofPrediction(body.words[0], message) : undefined;
  }
};

type Refined = ReturnType<ErrorRefinement>;

function ofPrediction(type: string | undefined, message: string): Refined {
  if (type === 'prediction_canceled') {
    return {
      code: 'aborted',
      cure: 'It was cancelled at Replicate, or reached its deadline while it ran.',
    };
  }
  if (type === 'prediction_aborted') {
    return {
      code: 'timeout',
      cure: 'It reached its deadline before it began. Give the call more time, or keep the model warm with a deployment.',
    };
  }
  const known = FAILURES.find(([pattern]) => pattern.test(message))?.[1];
  // A model that raised an error does so again for the same input.
  return known ?? { code: 'server', retryable: false };
}

const FAILURES: readonly (readonly [RegExp, Refined])[] = [
  [
    /nsfw|sensitive|flagged|safety|moderat|content policy|prohibited|\bE005\b/iu,
    { code: 'content_filter' },
  ],
  [
    /out of memory|\bOOM\b|\bE1001\b/iu,
    {
      code: 'server',
      retryable: false,
      cure: 'Make the input smaller (size, count, length), or take a model on larger hardware.',
    },
  ],
  [/interrupted|please retry|code: PA|\bE6716\b|starting prediction/iu, { code: 'overloaded' }],
  [/too many requests|rate.?limit|throttl/iu, { code: 'rate_limit' }],
  [
    /context (?:length|window)|too many (?:input )?tokens|maximum .{0,20}tokens/iu,
    { code: 'context_length' },
  ],
  [
    /(?:download|fetch|load|open|read).{0,60}(?:input|file|url|image|audio)|client error for url/iu,
    {
      code: 'invalid_request',
      cure: 'A file of the input could not be read. Uploads are kept for 24 hours and outputs for one: give the bytes again, or a URL that Replicate can reach.',
    },
  ],
  [/timed? ?out|timeout|exceeded .{0,30}time/iu, { code: 'timeout', retryable: false }],
];
