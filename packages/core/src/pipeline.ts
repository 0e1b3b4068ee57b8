import type { Call } from './call.js';
import type { Middleware, Next } from './middleware.js';
import type { Operation } from './operations.js';
import type { AnyReply } from './reply.js';

/**
 * Binds middleware around a terminal once, so that a call costs one closure call a layer and nothing is composed per call.
 * First listed is outermost; those narrowed to other operations are left out. With no middleware the terminal itself comes back.
 */
export function pipeline(
  middleware: readonly Middleware[],
  terminal: Next,
  operation?: Operation,
): Next {
  let next = terminal;
  for (const layer of middleware.toReversed()) {
    if (operation !== undefined && layer.operations?.includes(operation) === false) continue;
    const inner = next;
    next = ((call: Call): Promise<AnyReply> => layer(call, inner)) as Next;
  }
  return next;
}
