import {
  InferwayError,
  isJsonObject,
  type BatchOutcome,
  type JsonObject,
  type JsonValue,
  type Operation,
  type Warning,
} from '@inferway/core';
import type { ClientFormat } from '@inferway/wire';
import { classifyError } from '../errors/classify-error.js';
import type { Connection } from '../provider/connection.js';
import type { Endpoint } from '../provider/endpoint.js';
import { OutcomeLines } from './outcome-lines.js';

/** What a file of outcomes is read with. */
export interface OutcomeSource {
  readonly connection: Connection;
  readonly endpoint: Endpoint;
  /** Of all items, where the batch tells it. */
  readonly model: string;
  readonly secrets: readonly string[];
  readonly now: number;
  warn(warning: Warning): void;
}

/** `{custom_id, response: {status_code, request_id, body}, error: {code, message}}`, a line for each item. */
export class OutcomeDecoder extends OutcomeLines {
  readonly #source: OutcomeSource;

  /** @param file Says which file it is, in ids of lines that name no item. */
  constructor(source: OutcomeSource, file: string) {
    super(source.connection.identity.name, file);
    this.#source = source;
  }

  protected override outcome(id: string, line: JsonObject): BatchOutcome {
    const response = isJsonObject(line.response) ? line.response : undefined;
    const status = typeof response?.status_code === 'number' ? response.status_code : 200;
    const requestId = typeof response?.request_id === 'string' ? response.request_id : undefined;
    const told = line.error ?? undefined;
    if (told !== undefined && told !== '') return this.#failed(id, told, status, requestId);
    if (response === undefined || status >= 400) {
      return this.#failed(id, response?.body ?? line, status, requestId);
    }
    try {
      const { format } = this.#source.endpoint;
      const { result, usage } = (format as unknown as ClientFormat<Operation>).decodeResponse(
        response.body,
        {
          dialect: this.#dialect(response.body),
          status,
          fail: (body) => this.#error(body, status, requestId),
          warn: (warning) => this.#source.warn(warning),
        },
      );
      return { id, status: 'succeeded', result, usage, requestId };
    } catch (reason) {
      const error = InferwayError.from(reason);
      error.provider ??= this.#source.connection.identity.name;
      if (requestId !== undefined) error.requestId ??= requestId;
      return { id, status: 'failed', error };
    }
  }

  // What was asked is not in the file: a dialect that depends on more than the model is read as for an empty request.
  #dialect(body: JsonValue | undefined): object | undefined {
    const { model, endpoint } = this.#source;
    const { dialect } = endpoint;
    if (typeof dialect !== 'function') return dialect;
    const named = isJsonObject(body) && typeof body.model === 'string' ? body.model : '';
    return dialect(model === '' ? named : model, { messages: [] } as never);
  }

  #failed(
    id: string,
    body: JsonValue,
    status: number,
    requestId: string | undefined,
  ): BatchOutcome {
    const code = isJsonObject(body) ? body.code : undefined;
    if (code === 'batch_expired') {
      return { id, status: 'expired', error: this.notRun('timeout', code) };
    }
    if (code === 'batch_cancelled') {
      return { id, status: 'cancelled', error: this.notRun('aborted', code) };
    }
    return { id, status: 'failed', error: this.#error(wrapped(body), status, requestId) };
  }

  #error(body: unknown, status: number, requestId: string | undefined): InferwayError {
    const { connection, model, secrets, now } = this.#source;
    const { name, refineError } = connection.identity;
    return classifyError({
      provider: name,
      model: model === '' ? undefined : model,
      status,
      headers: {},
      body,
      requestId,
      secrets,
      now,
      refine: refineError,
    });
  }
}

/** An error of a line as the body of an answer would hold it. */
function wrapped(told: JsonValue): JsonObject {
  if (isJsonObject(told)) return 'error' in told ? told : { error: told };
  return { error: { message: String(told) } };
}
