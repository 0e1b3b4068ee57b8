import type { ErrorCode } from '../error-code.js';
import { InferwayError } from '../error.js';

/**
 * A streamed answer broke off and goes on, where the application asked for that (`resume`). With `restart` all events before this one are taken
 * back and the answer begins anew; with `continue` the open text part grows on.
 */
export interface Resumed {
  readonly type: 'resumed';
  readonly mode: 'restart' | 'continue';
  /** Why it had broken off. */
  readonly error: ErrorCode;
  /** Who goes on. */
  readonly provider: string;
  readonly model: string;
}

/** For who has passed on what is taken back now, and cannot take it back in turn: the failure that it then is. */
export function takenBack(error: ErrorCode = 'stream_interrupted'): InferwayError {
  return new InferwayError(error, {
    message:
      'The answer broke off after its beginning was delivered, and was begun anew. Nothing delivered can be taken back: ask again, or read the events.',
  });
}
