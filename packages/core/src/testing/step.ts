import type { ErrorCode } from '../error-code.js';
import type { ReplyMeta } from '../reply.js';
import type { Usage } from '../usage.js';
import { InferwayError } from '../error.js';

/** One thing that a fake provider does. Steps run in order, in the time of the client's clock. */
export type Step =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'connecting' | 'connected' | 'stall' }
  | { readonly do: 'bytes'; readonly count: number }
  | { readonly do: 'accept'; readonly meta: Partial<ReplyMeta> }
  | { readonly do: 'usage'; readonly usage: Usage }
  | { readonly do: 'emit'; readonly events: readonly object[] }
  | { readonly do: 'result'; readonly result: object }
  | { readonly do: 'fail'; readonly error: InferwayError }
  | { readonly do: 'ignore-cancel' };

/** Lets `ms` of the client's clock pass. */
export const wait = (ms: number): Step => ({ do: 'wait', ms });

/** The transport asks for a connection. */
export const connecting = (): Step => ({ do: 'connecting' });

/** The connection is there. */
export const connected = (): Step => ({ do: 'connected' });

/** A network read of `count` bytes that holds no event: a keep-alive comment, a part of a body. */
export const bytes = (count = 1): Step => ({ do: 'bytes', count });

/** Status and headers: the call is accepted. Happens by itself before the first event or result. */
export const accept = (meta: Partial<ReplyMeta> = {}): Step => ({ do: 'accept', meta });

/** The provider reports these tokens from here on. */
export const usage = (reported: Usage): Step => ({ do: 'usage', usage: reported });

/** One network read that holds these events. A unary call gets them folded. */
export const emit = (...events: readonly object[]): Step => ({ do: 'emit', events });

/** The whole answer, for operations without traits. A streamed call gets it unfolded. */
export const result = (value: object): Step => ({ do: 'result', result: value });

/** Fails: refuses the call where it was not accepted yet, breaks the stream otherwise. */
export const fail = (error: InferwayError | ErrorCode): Step => ({
  do: 'fail',
  error: typeof error === 'string' ? fakeError(error) : error,
});

/** Nothing more ever comes; only an abort or `cancel` ends it. */
export const stall = (): Step => ({ do: 'stall' });

/** From here on waiting goes on whatever is aborted or cancelled: a provider that does not listen. */
export const ignoreCancel = (): Step => ({ do: 'ignore-cancel' });

/** An error as a provider would cause it. */
export function fakeError(
  code: ErrorCode,
  details: Partial<ConstructorParameters<typeof InferwayError>[1]> = {},
): InferwayError {
  return new InferwayError(code, { message: `The fake provider failed: ${code}.`, ...details });
}
