import { InferwayError } from '../../error.js';
import { stateKey, type StateKey } from '../../state.js';

/**
 * Names a call, so that it is executed once however often it is sent: `client.chat(request, { state: (state) => state.set(idempotencyKey, orderId) })`.
 * 1 to 255 visible ASCII characters, unique within the tenant. A gateway takes it from the header `Idempotency-Key`.
 */
export const idempotencyKey: StateKey<string> = stateKey<string>('idempotency key');

/** The name under which callers know it. */
export const KEY_PARAM = 'Idempotency-Key';

/** @throws {InferwayError} `invalid_request` for what can be no key. */
export function checkKey(key: unknown): string {
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/u.test(key)) return key;
  throw new InferwayError('invalid_request', {
    message: `idempotency: the ${KEY_PARAM} is none. Give 1 to 255 visible ASCII characters without spaces, such as a UUID.`,
    param: KEY_PARAM,
    sent: 'no',
  });
}
