import { ERROR_CODES, type ErrorCode } from './error-code.js';
import type { Attempt } from './attempts.js';
import type { Usage } from './usage.js';

const BRAND = Symbol.for('inferway.error');

/** The timer that ran out. */
export type TimeoutPhase = 'connect' | 'first-event' | 'idle-bytes' | 'idle-content' | 'total';

/** What an error is built from; all but the message is optional, and what is unknown is left out. */
export interface ErrorDetails {
  /** What, where and the cure. Never a prompt, a key or a provider's page. */
  readonly message: string;
  readonly retryable?: boolean | undefined;
  readonly fallbackable?: boolean | undefined;
  /** How long the provider asks to wait before the next try, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** HTTP status as received. */
  readonly status?: number | undefined;
  /** The provider's own code or type, such as `insufficient_quota`. */
  readonly providerCode?: string | undefined;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  /** Behind a router: the provider that failed, where one is known. */
  readonly servedBy?: string | undefined;
  readonly requestId?: string | undefined;
  /** The request field that is at fault, as a path. */
  readonly param?: string | undefined;
  readonly phase?: TimeoutPhase | undefined;
  /** `no`: the request never reached the provider; `maybe`: it may have been executed and billed. */
  readonly sent?: 'no' | 'maybe' | undefined;
  readonly cause?: unknown;
  /** The provider's error body, secrets redacted. Kept out of logs: not enumerable. */
  readonly body?: string | undefined;
}

/** What an error says of a failure besides its code and message, where it is known. */
export const ERROR_FACTS = [
  'retryAfterMs',
  'status',
  'providerCode',
  'provider',
  'model',
  'servedBy',
  'requestId',
  'param',
  'phase',
  'sent',
] as const;
// May hold user data. All but the first two are put down by others, later.
const HIDDEN = ['cause', 'body', 'partial', 'usage', 'attempts', 'failures'] as const;
type HiddenDetails = Readonly<Partial<Record<(typeof HIDDEN)[number], unknown>>>;

/**
 * The one error class. Switch on `code`; `retryable` and `fallbackable` say what may help.
 * What may hold user data (`body`, `partial`, `usage`, `attempts`) is not enumerable, so that a logged error holds none.
 */
export class InferwayError extends Error {
  override readonly name: string = 'InferwayError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly fallbackable: boolean;
  declare readonly retryAfterMs?: number;
  declare readonly status?: number;
  declare readonly providerCode?: string;
  declare provider?: string;
  declare model?: string;
  declare servedBy?: string;
  declare requestId?: string;
  declare readonly param?: string;
  declare readonly phase?: TimeoutPhase;
  declare readonly sent?: 'no' | 'maybe';

  /** The provider's error body, redacted and cut; not enumerable. */
  declare readonly body?: string;
  /** The answer as far as it had come when a stream failed, in the shape of the operation's result; not enumerable. */
  declare partial?: unknown;
  /** Tokens counted before the failure, where known; not enumerable. */
  declare usage?: Usage;
  /** Every attempt of the logical call that failed so; not enumerable. */
  declare attempts?: readonly Attempt[];
  /** Of a call that fell back: why each target failed, in order; the first is this error itself. Not enumerable. */
  declare failures?: readonly InferwayError[];

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? ERROR_CODES[code].retryable;
    this.fallbackable = details.fallbackable ?? ERROR_CODES[code].fallbackable;
    for (const name of ERROR_FACTS) {
      if (details[name] !== undefined) (this as Record<string, unknown>)[name] = details[name];
    }
    for (const name of HIDDEN) hide(this, name, (details as HiddenDetails)[name]);
    hide(this, BRAND, true);
  }

  /** The HTTP status that a gateway answers with: the provider's where it fits the code, else the code's own. */
  get httpStatus(): number {
    return ERROR_CODES[this.code].status;
  }

  /** True for errors of this class, also from another installed copy of the package. */
  static is(value: unknown): value is InferwayError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** Turns anything thrown into an `InferwayError`, once. An unknown failure is `internal`. */
  static from(reason: unknown): InferwayError {
    if (InferwayError.is(reason)) return reason;
    if (
      reason instanceof Error &&
      (reason.name === 'AbortError' || reason.name === 'TimeoutError')
    ) {
      const code = reason.name === 'AbortError' ? 'aborted' : 'timeout';
      return new InferwayError(code, {
        message:
          code === 'aborted' ? 'The caller cancelled the call.' : 'The caller’s signal timed out.',
        cause: reason,
        // A time-out of the caller's own ends the logical call: no other target gets more time.
        retryable: false,
        fallbackable: false,
      });
    }
    return new InferwayError('internal', {
      message: `Unexpected failure (${reason instanceof Error ? reason.name : typeof reason}); see "cause".`,
      cause: reason,
    });
  }
}

/** Puts it down where neither a log nor a copy by spread finds it. */
function hide(error: InferwayError, name: string | symbol, value: unknown): void {
  Object.defineProperty(error, name, { value, writable: true, configurable: true });
}
