import {
  InferwayError,
  type BatchContext,
  type BatchJob,
  type BatchOrder,
  type BatchOutcome,
  type JsonObject,
  type Operation,
  type ProviderBatch,
} from '@inferway/core';
import { contentOf, missingFile, uploadFile } from '../files/provider-files.js';
import type { Connection } from '../provider/connection.js';
import { encodeModelId } from '../provider/request-path.js';
import type { Session } from '../provider/session.js';
import { streamEvents } from '../provider/stream-reply.js';
import { endpointOf } from './batch-endpoints.js';
import { readBatchJob } from './batch-job.js';
import type { FileBatchSettings } from './batch-settings.js';
import { encodeLines } from './encode-lines.js';
import { OutcomeDecoder, type OutcomeSource } from './outcome-decoder.js';

/**
 * Batches as OpenAI has them: a file of JSON lines is uploaded and ordered, and two files hold what became of the items. For a profile's `batch`.
 */
export function fileBatches(
  settings: FileBatchSettings,
): (connection: Connection) => ProviderBatch {
  return (connection) => new FileBatches(connection, settings);
}

class FileBatches implements ProviderBatch {
  readonly operations: readonly Operation[];
  readonly discount: number | undefined;
  readonly #connection: Connection;
  readonly #settings: FileBatchSettings;

  constructor(connection: Connection, settings: FileBatchSettings) {
    this.operations = Object.keys(settings.endpoints) as Operation[];
    this.discount = settings.discount;
    this.#connection = connection;
    this.#settings = settings;
  }

  async create<K extends Operation>(
    order: BatchOrder<K>,
    context: BatchContext,
  ): Promise<BatchJob> {
    const {
      files = {},
      path = 'batches',
      purpose = 'batch',
      completionWindow = '24h',
    } = this.#settings;
    const { data, url, warnings } = encodeLines(order as never, this.#settings, context);
    const session = this.#session(context);
    const lines = { type: 'bytes', data, mediaType: 'application/jsonl' } as const;
    const file = await uploadFile(session, lines, { name: 'batch.jsonl', purpose }, files);
    const keepsLabels = this.#settings.metadata !== false;
    const ordered: JsonObject = {
      input_file_id: file.id,
      endpoint: url,
      completion_window: completionWindow,
      ...(keepsLabels && order.metadata !== undefined ? { metadata: order.metadata } : {}),
    };
    const { raw: _raw, ...job } = this.#read(await session.json({ path, body: ordered }), session);
    const dropped =
      keepsLabels || order.metadata === undefined
        ? []
        : [
            {
              type: 'unsupported' as const,
              setting: 'metadata',
              message: `"metadata" was not sent: ${session.provider} keeps no labels of batches.`,
            },
          ];
    const all = [...(job.warnings ?? []), ...warnings, ...dropped];
    return { ...job, ...(all.length === 0 ? {} : { warnings: all }) };
  }

  async status(id: string, context: BatchContext): Promise<BatchJob> {
    const { raw: _raw, ...job } = await this.#job(id, this.#session(context));
    return job;
  }

  async cancel(id: string, context: BatchContext): Promise<BatchJob> {
    const session = this.#session(context);
    const body = await session.json({ method: 'POST', path: `${this.#path(id)}/cancel` });
    const { raw: _raw, ...job } = this.#read(body, session);
    return job;
  }

  async *results(id: string, context: BatchContext): AsyncGenerator<BatchOutcome, undefined> {
    const session = this.#session(context);
    const { raw, status, errors, model } = await this.#job(id, session);
    if (status === 'pending' || status === 'running' || status === 'cancelling') {
      throw new InferwayError('conflict', {
        message: `The batch has not ended (${status}): its results can be read when it has. Wait for it first.`,
        provider: session.provider,
        retryable: true,
      });
    }
    const files = [raw.output_file_id, raw.error_file_id].filter(
      (file) => typeof file === 'string' && file !== '',
    );
    const [why] = errors ?? [];
    if (files.length === 0 && why !== undefined) throw why;
    const known = endpointOf(raw.endpoint, this.#settings);
    if (known === undefined) {
      throw new InferwayError('unsupported', {
        message: `The batch was ordered for the endpoint ${JSON.stringify(raw.endpoint ?? null)}, whose answers are not known here.`,
        provider: session.provider,
      });
    }
    const source: OutcomeSource = {
      connection: this.#connection,
      endpoint: known.endpoint,
      model: model ?? '',
      secrets: this.#connection.key.headersFor(context.credential).secrets,
      now: context.runtime.clock.wallTime(),
      warn: (warning) => context.warn?.(warning),
    };
    for (const file of files) yield* this.#outcomes(String(file), session, source);
  }

  async *#outcomes(
    file: string,
    session: Session,
    source: OutcomeSource,
  ): AsyncGenerator<BatchOutcome, undefined> {
    try {
      const response = await session.exchange(contentOf(this.#settings.files ?? {}, file));
      yield* streamEvents(session, response, new OutcomeDecoder(source, file));
    } catch (reason) {
      throw missingFile(InferwayError.from(reason), session.provider);
    }
  }

  async #job(id: string, session: Session): Promise<BatchJob & { readonly raw: JsonObject }> {
    return this.#read(await session.json({ path: this.#path(id) }), session);
  }

  #read(body: unknown, session: Session): BatchJob & { readonly raw: JsonObject } {
    return readBatchJob(body, session.provider, this.#settings);
  }

  #path(id: string): string {
    return `${this.#settings.path ?? 'batches'}/${encodeModelId(id)}`;
  }

  #session({ signal, credential, runtime }: BatchContext): Session {
    return this.#connection.session({ signal, credential, clock: runtime.clock });
  }
}
