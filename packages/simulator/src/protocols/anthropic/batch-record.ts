import { InferwayError, isJsonObject, type JsonObject, type JsonValue } from '@inferway/core';
import type { Exchange } from '../../http/exchange.js';
import type { SimulatorContext } from '../../serve/context.js';

/** How long a batch is worked on. */
const BATCH_MS = 40;
const DAY_MS = 86_400_000;
const MOST_REQUESTS = 100_000;

interface BatchItem {
  readonly id: string;
  readonly params: JsonObject;
}

/** One message batch. What became of its requests is settled when it is first looked at after its end. */
export interface Batch {
  readonly id: string;
  readonly tenant: string;
  readonly version: string | undefined;
  readonly betas: string | undefined;
  readonly items: readonly BatchItem[];
  readonly createdAt: number;
  /** On the simulator's own clock. */
  readonly endsAt: number;
  readonly expires: boolean;
  cancelledAt: number | undefined;
  lines: readonly JsonObject[] | undefined;
}

/** @throws {InferwayError} `invalid_request`. */
export function newBatch(
  context: SimulatorContext,
  exchange: Exchange,
  text: string | undefined,
): Batch {
  return {
    id: `msgbatch_${exchange.requestId.slice(4)}`,
    tenant: exchange.record.tenant ?? '',
    version: exchange.header('anthropic-version'),
    betas: exchange.header('anthropic-beta'),
    items: itemsOf(text),
    createdAt: context.clock.wallTime(),
    endsAt: context.clock.now() + BATCH_MS,
    expires: exchange.header('x-simulate-fault') === 'batch-expires',
    cancelledAt: undefined,
    lines: undefined,
  };
}

function itemsOf(text: string | undefined): BatchItem[] {
  const body = text === undefined ? undefined : parsed(text);
  const requests = isJsonObject(body) ? body['requests'] : undefined;
  if (!Array.isArray(requests) || requests.length === 0) throw invalid('requests: Field required');
  if (requests.length > MOST_REQUESTS) throw invalid('requests: at most 100000 are taken');
  const seen = new Set<string>();
  return requests.map((request, index): BatchItem => {
    const { custom_id: id, params } = isJsonObject(request) ? request : {};
    const path = `requests.${index}`;
    if (typeof id !== 'string' || !/^[\w-]{1,64}$/u.test(id))
      throw invalid(`${path}.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'`);
    if (seen.has(id)) throw invalid(`${path}.custom_id: Duplicate custom_id ${id}`);
    seen.add(id);
    if (!isJsonObject(params)) throw invalid(`${path}.params: Field required`);
    if (params['stream'] === true) throw invalid(`${path}.params.stream: must be false in a batch`);
    return { id, params };
  });
}

function invalid(message: string): InferwayError {
  return new InferwayError('invalid_request', { message });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('The request body is not valid JSON.');
  }
}

/** A batch as the API tells of it. */
export function shownBatch(batch: Batch, host: string): JsonObject {
  const { lines, createdAt, cancelledAt } = batch;
  const time = (at: number): string => new Date(at).toISOString();
  const of = (type: string): number =>
    lines?.filter(({ result }) => isJsonObject(result) && result['type'] === type).length ?? 0;
  const ended: JsonValue = lines === undefined ? null : time(createdAt + BATCH_MS);
  const status =
    lines !== undefined ? 'ended' : cancelledAt === undefined ? 'in_progress' : 'canceling';
  return {
    id: batch.id,
    type: 'message_batch',
    processing_status: status,
    request_counts: {
      processing: lines === undefined ? batch.items.length : 0,
      succeeded: of('succeeded'),
      errored: of('errored'),
      canceled: of('canceled'),
      expired: of('expired'),
    },
    created_at: time(createdAt),
    expires_at: time(createdAt + DAY_MS),
    ended_at: ended,
    cancel_initiated_at: cancelledAt === undefined ? null : time(cancelledAt),
    archived_at: null,
    results_url:
      lines === undefined
        ? null
        : `http://${host}/anthropic/v1/messages/batches/${batch.id}/results`,
  };
}
