import type { Call } from '../../call.js';
import type { Clock } from '../../clock.js';
import { badOption, checkCount, checkFunction, checkMs, checkObject } from '../../option-checks.js';
import type { IdempotencyStore } from '../../stores/idempotency-store.js';
import { memoryIdempotency } from '../../stores/memory-idempotency.js';
import { readOutageOptions, type OutageEvent } from '../../stores/outage/outage-options.js';
import { StoreLink } from '../../stores/outage/store-link.js';
import type { CacheScope } from '../cache-scope.js';

/** Whose keys these are, where they are kept and for how long. `scope` is needed. */
export interface IdempotencyOptions {
  /**
   * Whose keys these are: a tenant. The same key in two scopes is two keys, and nobody gets an answer of another scope. `'shared'` keeps one scope for
   * all, which is safe only where all callers may see all answers.
   */
  readonly scope: CacheScope;
  /**
   * What else makes a call another one, beside its request: what JSON can hold, such as the name of a model as the caller wrote it. Default: nothing.
   */
  readonly parameters?: ((call: Call) => unknown) | undefined;
  /** Default: one in this process, `memoryIdempotency()`. Several processes need one that they share. */
  readonly store?: IdempotencyStore | undefined;
  /** How long an answer is kept, in milliseconds. Default 86,400,000, which is 24 hours. */
  readonly ttlMs?: number | undefined;
  /**
   * For how long a call has its key without renewing it, in milliseconds: after a process died, a repeat is executed so much later. Renewed while
   * the call runs. Default 30,000.
   */
  readonly leaseMs?: number | undefined;
  /** An answer that is larger is given, but not kept: a repeat is refused. Two bytes a character. Default 8 MiB. */
  readonly maxAnswerBytes?: number | undefined;
  /**
   * What becomes of a call with a key while the store is away: `closed` refuses it, `open` executes it all the same, however often it is sent. Default
   * `closed`.
   */
  readonly whenStoreFails?: 'closed' | 'open' | undefined;
  /** The longest that one operation of the store may take, in milliseconds. Default 100. */
  readonly storeTimeoutMs?: number | undefined;
  /** Told once when the store goes away and once when it is back. Default: a warning of the process. */
  readonly onOutage?: ((event: OutageEvent) => void) | undefined;
}

/** The same, checked and whole. */
export interface IdempotencySettings {
  readonly ttlMs: number;
  readonly leaseMs: number;
  readonly maxAnswerBytes: number;
  readonly isOpen: boolean;
  readonly parameters: ((call: Call) => unknown) | undefined;
  /** Both made at the first call, which brings the clock. */
  open(clock: Clock): { readonly store: IdempotencyStore; readonly link: StoreLink };
}

const EFFECTS = {
  closed: 'Calls with an idempotency key are refused.',
  open: 'Calls with an idempotency key are executed as often as they are sent.',
} as const;

/** @throws {InferwayError} `configuration` naming the option that cannot work. */
export function readIdempotencyOptions(options: IdempotencyOptions): IdempotencySettings {
  const { onOutage, whenStoreFails = 'closed' } = options;
  const given = checkObject(
    'idempotency',
    'store',
    options.store,
    ['claim', 'renew', 'finish', 'release'],
    'Give memoryIdempotency(), or another IdempotencyStore.',
  );
  if (!Object.hasOwn(EFFECTS, whenStoreFails)) {
    throw badOption(
      'whenStoreFails',
      `idempotency: whenStoreFails is ${JSON.stringify(whenStoreFails)}; give 'closed' or 'open'.`,
    );
  }
  const timeoutMs = checkMs('idempotency', 'storeTimeoutMs', options.storeTimeoutMs ?? 100);
  // Checked now, though the clock is not there yet.
  readOutageOptions('idempotency', { timeoutMs, onOutage });
  return {
    ttlMs: checkMs('idempotency', 'ttlMs', options.ttlMs ?? 86_400_000),
    leaseMs: checkMs('idempotency', 'leaseMs', options.leaseMs ?? 30_000),
    maxAnswerBytes: checkCount(
      'idempotency',
      'maxAnswerBytes',
      options.maxAnswerBytes ?? 8 * 1024 * 1024,
    ),
    isOpen: whenStoreFails === 'open',
    parameters: checkFunction('idempotency', 'parameters', options.parameters),
    open: (clock) => ({
      store: given ?? memoryIdempotency({ clock }),
      link: new StoreLink(
        'idempotency',
        readOutageOptions('idempotency', { timeoutMs, onOutage, clock }),
        EFFECTS[whenStoreFails],
      ),
    }),
  };
}
