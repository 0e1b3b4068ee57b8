import {
  InferwayError,
  isJsonObject,
  type BatchContext,
  type BatchOrder,
  type Call,
  State,
  type Operation,
  type Warning,
} from '@inferway/core';
import { BytesBody, MultipartBody, type ClientFormat } from '@inferway/wire';
import type { Endpoint, EndpointChoice } from '../provider/endpoint.js';
import type { FileBatchSettings } from './batch-settings.js';
import { endpointUrl } from './batch-endpoints.js';

/** A batch as its file. */
export interface EncodedLines {
  /** JSON lines. */
  readonly data: Uint8Array;
  /** What the batch calls the endpoint. */
  readonly url: string;
  readonly warnings: readonly Warning[];
}

const MOST_ITEMS = 50_000;
const MOST_BYTES = 200_000_000;

/**
 * Writes a batch's file.
 *
 * @throws {InferwayError} `invalid_request` naming an item that cannot be said in a line, `too_large` above the provider's limits.
 */
export function encodeLines(
  order: BatchOrder,
  settings: FileBatchSettings,
  context: BatchContext,
): EncodedLines {
  const { items } = order;
  const mostItems = settings.mostItems ?? MOST_ITEMS;
  const { provider } = order.model;
  if (items.length > mostItems) {
    throw tooLarge(
      `A batch of ${items.length} items is more than the ${mostItems} that ${provider} takes in one. Order several.`,
      provider,
    );
  }
  const mostBytes = settings.mostBytes ?? MOST_BYTES;
  const served = settings.endpoints[order.operation] as Endpoint | EndpointChoice | undefined;
  if (served === undefined) {
    throw new InferwayError('unsupported', {
      message: `Batches of ${provider} do not take "${order.operation}".`,
      provider,
    });
  }
  const warnings = new Map<string, { readonly warning: Warning; count: number }>();
  const warn = (warning: Warning): void => {
    const known = warnings.get(warning.message);
    if (known === undefined) warnings.set(warning.message, { warning, count: 1 });
    else known.count++;
  };
  const lines: string[] = [];
  let size = 0;
  let url: string | undefined;
  items.forEach((item, index) => {
    try {
      const endpoint = chosen(served, order, item.request, context);
      const own = endpointUrl(endpoint, settings);
      url ??= own;
      if (own !== url) throw mixed(url, own);
      const body = encodeBody(endpoint, order, item.request, warn);
      const line = JSON.stringify(
        settings.lineNamesRoute === false
          ? { custom_id: item.id, body }
          : { custom_id: item.id, method: 'POST', url, body },
      );
      size += Buffer.byteLength(line) + 1;
      lines.push(line);
    } catch (reason) {
      throw ofItem(InferwayError.from(reason), item.id, index);
    }
    if (size > mostBytes) {
      throw tooLarge(
        `The batch's file is larger than the ${mostBytes} bytes that ${provider} takes: item ${index + 1} of ${items.length} goes over. Order several smaller batches.`,
        provider,
      );
    }
  });
  return {
    data: new TextEncoder().encode(`${lines.join('\n')}\n`),
    url: url ?? '',
    warnings: [...warnings.values()].map(({ warning, count }) =>
      count === 1 ? warning : { ...warning, message: `${warning.message} (${count} items)` },
    ),
  };
}

function chosen(
  served: Endpoint | EndpointChoice,
  { operation, model }: BatchOrder,
  request: unknown,
  { runtime, signal }: BatchContext,
): Endpoint {
  if (!('among' in served)) return served;
  const call = { operation, stream: false, model, request, signal, state: new State(runtime) };
  return (served as EndpointChoice<Operation>).choose(call as unknown as Call) as Endpoint;
}

function encodeBody(
  { format, dialect }: Endpoint,
  { model }: BatchOrder,
  request: unknown,
  warn: (warning: Warning) => void,
): object {
  const body = (format as unknown as ClientFormat<Operation>).encodeRequest(request as never, {
    model: model.id,
    stream: false,
    provider: model.provider,
    dialect: typeof dialect === 'function' ? dialect(model.id, request as never) : dialect,
    warn,
  });
  const sent: unknown = body;
  if (sent instanceof MultipartBody || sent instanceof BytesBody || !isJsonObject(sent)) {
    throw new InferwayError('invalid_request', {
      message:
        'It holds a file that travels as bytes, which a line of a batch cannot hold. Give a URL or a file id, or run it without a batch.',
      sent: 'no',
    });
  }
  return sent;
}

function mixed(one: string, other: string): InferwayError {
  return new InferwayError('invalid_request', {
    message: `It would go to ${other}, and items before it to ${one}: all items of a batch go to one endpoint. Order two batches, or say by the provider's options which one.`,
    sent: 'no',
  });
}

function ofItem(error: InferwayError, id: string, index: number): InferwayError {
  return new InferwayError(error.code, {
    message: `Item "${id}" of the batch: ${error.message}`,
    param: `items[${index}]${error.param === undefined ? '' : `.${error.param}`}`,
    sent: 'no',
    cause: error,
  });
}

function tooLarge(message: string, provider: string): InferwayError {
  return new InferwayError('too_large', { message, provider, param: 'items', sent: 'no' });
}
