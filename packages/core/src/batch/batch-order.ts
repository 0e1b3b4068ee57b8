import { InferwayError } from '../error.js';
import type { Model } from '../model.js';
import { parseModel } from '../model.js';
import type { Operation } from '../operations.js';
import type { Runtime } from '../runtime.js';
import type { OperationTraits, Prepared } from '../traits.js';

/** An item that is ready to be sent. */
export interface ReadyItem {
  readonly id: string;
  readonly request: unknown;
  /** Completes its result, as the operation's own method would. */
  readonly complete?: Prepared<Operation>['complete'] | undefined;
}

/** A batch that is ready to be sent. */
export interface ReadyOrder {
  readonly operation: Operation;
  readonly model: Model;
  readonly items: readonly ReadyItem[];
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** An order as the application wrote it, types forgotten. */
export interface WrittenOrder {
  readonly operation?: string | undefined;
  readonly model: string | Model;
  readonly items: readonly ({ readonly id?: string | undefined } & object)[];
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly runBy?: 'provider' | 'client' | undefined;
}

const ID = /^[\w-]{1,64}$/u;

/**
 * Checks a written order and prepares its items as the operation's own method would.
 *
 * @throws {InferwayError} `invalid_request` for no items, and naming an item that is wrong.
 */
export async function readOrder(
  written: WrittenOrder,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<ReadyOrder> {
  const { metadata } = written;
  const operation = (written.operation ?? 'chat') as Operation;
  const traits = runtime.traits(operation) as OperationTraits<Operation> | undefined;
  const model = parseModel(written.model);
  if (!Array.isArray(written.items) || written.items.length === 0) {
    throw refused('A batch needs at least one item.', 'items');
  }
  const ids = new Set<string>();
  const items: ReadyItem[] = [];
  for (const [index, { id = `item-${index}`, ...input }] of written.items.entries()) {
    if (typeof id !== 'string' || !ID.test(id)) {
      throw refused(
        `items[${index}].id is no name for an item. Use letters, digits, "-" and "_", at most 64.`,
        `items[${index}].id`,
      );
    }
    if (ids.has(id)) {
      throw refused(
        `Two items have the id "${id}". Outcomes come in any order: give each item an id of its own.`,
        `items[${index}].id`,
      );
    }
    ids.add(id);
    try {
      const { request, complete } = (await traits?.prepare?.(input as never, signal)) ?? {
        request: input,
        complete: undefined,
      };
      items.push({ id, request, ...(complete === undefined ? {} : { complete }) });
    } catch (reason) {
      throw ofItem(InferwayError.from(reason), index, id);
    }
  }
  const createdAt = runtime.clock.wallTime();
  return { operation, model, items, createdAt, ...(metadata === undefined ? {} : { metadata }) };
}

function ofItem(error: InferwayError, index: number, id: string): InferwayError {
  const { code, param, retryable, fallbackable } = error;
  return new InferwayError(code, {
    message: `Item "${id}": ${error.message}`,
    param: param === undefined ? `items[${index}]` : `items[${index}].${param}`,
    retryable,
    fallbackable,
    cause: error,
  });
}

function refused(message: string, param: string): InferwayError {
  return new InferwayError('invalid_request', { message, param, sent: 'no' });
}
