import { isJsonObject, type JsonObject } from '@inferway/core';
import type { Exchange } from '../http/exchange.js';
import { readBody } from '../http/read-body.js';
import type { Route } from '../protocols/protocol.js';
import { checkKey } from '../serve/check-key.js';
import type { SimulatorContext } from '../serve/context.js';
import { refuse } from '../serve/serve.js';
import { phaseOf, type Batch } from './batch.js';
import { BatchBook } from './batch-book.js';
import { openaiBatch } from './batch-json.js';
import type { BatchProfile } from './batch-profile.js';
import { failure, keyedRoute, noSuch, page, refuseWith, tell } from './exchanges.js';
import { fileRoutes } from './file-routes.js';
import { readOrderLines } from './order-lines.js';
import { StoredFiles } from './stored-files.js';

/**
 * `/files` and `/batches`, as OpenAI has them or as `profile` says. The header `x-simulate-fault: batch-expires` on an order lets every second
 * item of it expire.
 */
export function batchRoutes(context: SimulatorContext, profile: BatchProfile): readonly Route[] {
  const files = new StoredFiles(context.clock);
  const book = new BatchBook(context, profile, files);
  const { voice, prefix } = profile;
  const show = (batch: Batch): JsonObject => (profile.show ?? openaiBatch)(batch, batch.lookedAt);
  const one = `^${prefix}/batches/([^/]+)`;
  const withBatch =
    (handle: (exchange: Exchange, batch: Batch) => void) =>
    (exchange: Exchange, id: string): void => {
      const batch = book.get(id, exchange);
      if (batch === undefined) return refuseWith(voice, exchange, noSuch('Batch', id));
      return handle(exchange, batch);
    };
  const route = (
    method: Route['method'],
    path: string,
    handle: (exchange: Exchange, id: string) => void,
  ): Route => keyedRoute(voice, context, method, new RegExp(`${path}$`, 'u'), handle);
  return [
    ...fileRoutes(context, profile, files),
    {
      method: 'POST',
      path: new RegExp(`^${prefix}/batches$`, 'u'),
      async handle(exchange) {
        const text = await readBody(exchange.request, context.maxBodyBytes);
        const denied = checkKey(voice, context, exchange);
        if (denied !== undefined) return refuse(voice, denied, exchange);
        const batch = order(text, exchange, context, profile, files);
        if (typeof batch === 'string') {
          return refuseWith(voice, exchange, failure(400, batch, null));
        }
        book.add(batch);
        const shown = show(batch);
        return tell(exchange, profile.ordered?.(shown) ?? shown, profile.orderedStatus);
      },
    },
    route('GET', `^${prefix}/batches`, (exchange) => {
      const shown = book.list(exchange).map(show);
      tell(exchange, profile.listed?.(shown) ?? page(shown, exchange));
    }),
    route(
      'GET',
      one,
      withBatch((exchange, batch) => tell(exchange, show(batch))),
    ),
    route(
      'POST',
      `${one}/cancel`,
      withBatch((exchange, batch) => {
        const now = batch.lookedAt;
        const phase = phaseOf(batch, now);
        if (phase === 'completed' || phase === 'failed' || phase === 'expired') {
          const message = `Cannot cancel a batch with status '${phase}'.`;
          return refuseWith(voice, exchange, failure(409, message, null));
        }
        batch.cancelledAt ??= now;
        return tell(exchange, show(batch));
      }),
    ),
  ];
}

/** The batch, or why there is none. */
function order(
  text: string | undefined,
  exchange: Exchange,
  context: SimulatorContext,
  profile: BatchProfile,
  files: StoredFiles,
): Batch | string {
  const body = parsed(text);
  if (!isJsonObject(body)) return 'The body is no JSON object.';
  const { input_file_id: fileId, endpoint, completion_window: window, metadata } = body;
  if (typeof endpoint !== 'string' || profile.endpoints[endpoint] === undefined) {
    const known = Object.keys(profile.endpoints).join(', ');
    return `Invalid value: '${String(endpoint)}'. Supported values are: ${known}.`;
  }
  if (profile.show === undefined && window !== '24h') {
    return `Invalid value: '${String(window)}'. Value must be '24h'.`;
  }
  const { tenant = '' } = exchange.record;
  const now = context.clock.wallTime();
  const file = files.get(String(fileId), tenant);
  const { purpose = 'batch' } = profile;
  if (file?.purpose !== purpose) return `Invalid input file: ${String(fileId)}.`;
  return {
    id: `batch_${exchange.requestId.replaceAll(/\W/gu, '')}`,
    tenant,
    requestId: exchange.requestId,
    inputFileId: file.id,
    endpoint,
    window: String(window ?? '24h'),
    metadata: isJsonObject(metadata) ? metadata : null,
    ...readOrderLines(file.data, endpoint, profile),
    createdAt: now,
    lookedAt: now,
    expires: exchange.header('x-simulate-fault') === 'batch-expires',
    succeeded: [],
    failed: [],
    done: 0,
  };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
