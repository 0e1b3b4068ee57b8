import type { JsonObject } from '@inferway/core';
import type { Exchange } from '../http/exchange.js';
import type { SimulatorContext } from '../serve/context.js';
import { dueOf, endOf, phaseOf, type Batch } from './batch.js';
import type { BatchProfile } from './batch-profile.js';
import type { OrderLine } from './order-line.js';
import { runItem } from './run-item.js';
import type { StoredFiles } from './stored-files.js';

/** The batches of one protocol. They go on by the clock; what is due is done when somebody looks. */
export class BatchBook {
  readonly #context: SimulatorContext;
  readonly #profile: BatchProfile;
  readonly #files: StoredFiles;
  readonly #batches = new Map<string, Batch>();

  constructor(context: SimulatorContext, profile: BatchProfile, files: StoredFiles) {
    this.#context = context;
    this.#profile = profile;
    this.#files = files;
  }

  add(batch: Batch): void {
    this.#batches.set(batch.id, batch);
  }

  get(id: string, exchange: Exchange): Batch | undefined {
    const batch = this.#batches.get(id);
    if (batch === undefined || batch.tenant !== exchange.record.tenant) return undefined;
    this.#goOn(batch, exchange);
    return batch;
  }

  /** The newest first. */
  list(exchange: Exchange): readonly Batch[] {
    return [...this.#batches.keys()].reverse().flatMap((id) => this.get(id, exchange) ?? []);
  }

  #goOn(batch: Batch, exchange: Exchange): void {
    const now = this.#context.clock.wallTime();
    batch.lookedAt = now;
    for (const due = dueOf(batch, now); batch.done < due; batch.done++) {
      const line = batch.lines[batch.done] as OrderLine;
      if (batch.expires && batch.done % 2 === 1) {
        const message = 'This request could not be executed before the completion window expired.';
        batch.failed.push(unrun(line.id, 'batch_expired', message));
      } else this.#run(batch, line, exchange);
    }
    if (endOf(batch, now) !== undefined && phaseOf(batch, now) !== 'failed') this.#write(batch);
  }

  #run(batch: Batch, { id, body }: OrderLine, exchange: Exchange): void {
    const endpoint = this.#profile.endpoints[batch.endpoint];
    if (endpoint === undefined) return;
    const requestId = `${batch.requestId}-${batch.done}`;
    const item = { body, requestId, tenant: batch.tenant };
    const answer = runItem(endpoint, this.#context, exchange, item);
    const line = {
      id: `batch_${requestId}`,
      custom_id: id,
      response: { status_code: answer.status, request_id: requestId, body: answer.body },
      error: null,
    };
    (answer.status < 400 ? batch.succeeded : batch.failed).push(line);
  }

  #write(batch: Batch): void {
    if (batch.done < batch.lines.length && this.#profile.listsUnrun !== false) {
      for (const { id } of batch.lines.slice(batch.done)) {
        const message = 'The batch was cancelled before this request was executed.';
        batch.failed.push(unrun(id, 'batch_cancelled', message));
      }
      batch.done = batch.lines.length;
    }
    // In another order than that of the requests.
    batch.outputFileId ??= this.#file(batch, [...batch.succeeded].reverse(), 'output');
    batch.errorFileId ??= this.#file(batch, batch.failed, 'error');
  }

  #file(batch: Batch, lines: readonly JsonObject[], which: string): string | undefined {
    if (lines.length === 0) return undefined;
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    return this.#files.add({
      tenant: batch.tenant,
      name: `${batch.id}_${which}.jsonl`,
      purpose: 'batch_output',
      mediaType: 'application/octet-stream',
      data: Buffer.from(text),
    }).id;
  }
}

function unrun(id: string, code: string, message: string): JsonObject {
  return { id: `batch_req_${id}`, custom_id: id, response: null, error: { code, message } };
}
