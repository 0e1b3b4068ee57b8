import type { Call } from '../call.js';
import type { Middleware, Next } from '../middleware.js';
import type { AnyReply } from '../reply.js';
import type { Router } from './create-router.js';

/**
 * Sends calls to `route/…` and `auto/…` on to the targets that the router chooses, and goes on to the next one when a target fails before its first
 * content. Other calls pass, by the rules that they bring. Belongs around `fallback`, `retry` and all that is counted by provider.
 */
export function route(router: Router): Middleware {
  return function route(call: Call, next: Next): Promise<AnyReply> {
    return router.send(call, next);
  };
}
