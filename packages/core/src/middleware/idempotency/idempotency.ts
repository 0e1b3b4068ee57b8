import { hash } from 'node:crypto';
import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import type { Middleware, Next } from '../../middleware.js';
import { nextUuid } from '../../next-uuid.js';
import type { AnyReply } from '../../reply.js';
import { abortReason } from '../../signal.js';
import { serveKept } from '../answers/kept-answer.js';
import { cacheKey } from '../cache-key.js';
import { scopeReader } from '../cache-scope.js';
import { forFree } from '../for-free.js';
import { ClaimDesk, type ClaimName } from './claim-desk.js';
import { HeldClaim } from './held-claim.js';
import { incomparable, mismatch, running, unkept } from './idempotency-errors.js';
import { checkKey, idempotencyKey } from './idempotency-key.js';
import { readIdempotencyOptions, type IdempotencyOptions } from './idempotency-options.js';
import { readEnd } from './kept-end.js';
import { runOnce } from './run-once.js';
import './idempotency-events.js';

/** The layer, which can also be closed. */
export interface IdempotencyLayer extends Middleware {
  /**
   * After the last call: settles when the store was told how each of them ended, or could not be, for `storeTimeoutMs` at most. The store itself is
   * closed by who made it.
   */
  close(): Promise<void>;
}

/**
 * A call that names a key (`idempotencyKey`) is executed once: who sends it again gets what the first one got, and pays nothing. While the first
 * one runs, a repeat is refused with `conflict`; with other parameters it is `invalid_request`. An error is kept where the call may have been
 * executed, else the key is free again. Calls without a key pass.
 *
 * @throws {InferwayError} `configuration` where `scope` is missing, or gives none for a call with a key; for options that cannot work.
 */
export function idempotency(options: IdempotencyOptions): IdempotencyLayer {
  const settings = readIdempotencyOptions(options);
  const scopeOf = scopeReader('idempotency', options.scope);
  let desk: ClaimDesk | undefined;

  const named = async (call: Call, next: Next, key: unknown): Promise<AnyReply> => {
    const name = nameOf(call, scopeOf(call), checkKey(key), settings.parameters?.(call));
    if (call.signal.aborted) throw abortReason(call.signal);
    desk ??= new ClaimDesk(settings, call.state.runtime.clock);
    const claim = await desk.claim(call, name);
    if (claim === undefined) {
      tell(call, { type: 'idempotency', result: 'unguarded' });
      return next(call);
    }
    switch (claim.state) {
      case 'claimed':
        tell(call, { type: 'idempotency', result: 'first' });
        return runOnce(call, next, new HeldClaim(desk, call, name), settings.maxAnswerBytes);
      case 'done':
        return repeat(call, name.key, claim.answer);
      case 'running':
        tell(call, { type: 'idempotency', result: 'running' });
        throw running();
      default:
        tell(call, { type: 'idempotency', result: 'mismatch' });
        throw mismatch();
    }
  };

  const layer: Middleware = function idempotency(call, next) {
    const key: unknown = call.state.get(idempotencyKey);
    return key === undefined ? next(call) : (named(call, next, key) as never);
  };
  return Object.assign(layer, { close: async () => desk?.idle() });
}

/** Key and parameters, hashed: a store holds nothing of the caller's. */
function nameOf(call: Call, scope: string, key: string, more: unknown = null): ClaimName {
  // A streamed call and a unary one are different calls: each is answered in its own shape.
  const kind = call.stream ? 'once, streamed' : 'once';
  const fingerprint = cacheKey(call, scope, [call.request, more], kind);
  if (fingerprint === undefined) throw incomparable();
  const text = JSON.stringify(['idempotency', scope, key]);
  return { key: hash('sha256', text, 'base64url'), fingerprint, owner: nextUuid() };
}

/** What the first call got. @throws {InferwayError} what it threw; `conflict` where its answer was not kept. */
function repeat(call: Call, key: string, text: string): AnyReply {
  const { answer, error } = readEnd(key, text);
  const reply =
    answer === undefined ? undefined : serveKept(call, answer, { replayed: true }, false);
  const isKept = reply !== undefined || error !== undefined;
  tell(call, { type: 'idempotency', result: isKept ? 'replayed' : 'unkept' });
  if (reply !== undefined) return forFree(reply);
  throw error ?? unkept();
}
