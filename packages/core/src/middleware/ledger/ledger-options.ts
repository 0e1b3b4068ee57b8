import { systemClock, type Clock } from '../../clock.js';
import {
  badOption,
  checkCount,
  checkFunction,
  checkMs,
  checkObject,
  checkPriceBook,
} from '../../option-checks.js';
import type { PriceBook } from '../../price.js';
import type { Ledger } from '../../stores/ledger.js';
import type { LedgerNotice } from './ledger-notice.js';
import type { LedgerSpool } from '../../stores/ledger-spool.js';

/** Where rows go, and what happens while they cannot. `ledger` is needed. */
export interface LedgerOptions {
  /** Where rows are written. It stays yours to close, after the layer. */
  readonly ledger: Ledger;
  /** Keeps rows through a crash and a long outage of the ledger. Without one they are in memory only. */
  readonly spool?: LedgerSpool | undefined;
  /** Rows in one append at most. Default 500. */
  readonly batchRows?: number | undefined;
  /** The first row of a batch waits so long for others. Default 250 ms. */
  readonly batchMs?: number | undefined;
  /** Rows kept in memory while they wait. With a spool more of them wait on disk, without one this is the end of the room. Default 10,000. */
  readonly maxRows?: number | undefined;
  /** `refuse`: no call begins whose row could not be kept. `drop`: calls go on, and their rows are lost and counted. Default `refuse`. */
  readonly whenFull?: 'refuse' | 'drop' | undefined;
  /** How long one append may take before it counts as failed and is tried again. Default 10,000 ms. */
  readonly appendTimeoutMs?: number | undefined;
  /** The wait after the first failed append; doubled each time, with jitter. Default 250 ms. */
  readonly retryMs?: number | undefined;
  /** The longest such wait. Default 30,000 ms. */
  readonly maxRetryMs?: number | undefined;
  /** How often the spools of processes that died are looked for, while there are rows to write. Default 60,000 ms. */
  readonly recoverMs?: number | undefined;
  /** For the estimates of abandoned attempts. Default: the prices that `cost` has. */
  readonly prices?: PriceBook | undefined;
  /** Told of outages, refusals and recoveries, each once. What it throws is ignored. */
  readonly onNotice?: ((notice: LedgerNotice) => void) | undefined;
  /** Default: the machine's own time. */
  readonly clock?: Clock | undefined;
}

/** The options with their defaults. */
export interface LedgerSettings {
  readonly ledger: Ledger;
  readonly spool: LedgerSpool | undefined;
  readonly batchRows: number;
  readonly batchMs: number;
  readonly maxRows: number;
  readonly drops: boolean;
  readonly appendTimeoutMs: number;
  readonly retryMs: number;
  readonly maxRetryMs: number;
  readonly recoverMs: number;
  readonly prices: PriceBook | undefined;
  readonly tell: (notice: LedgerNotice) => void;
  readonly clock: Clock;
}

/** @throws {InferwayError} `configuration` for what cannot work. */
export function readLedgerOptions(options: LedgerOptions): LedgerSettings {
  const { ledger, whenFull } = options;
  const onNotice = checkFunction('ledger', 'onNotice', options.onNotice);
  if (typeof ledger?.append !== 'function') {
    throw badOption(
      'ledger',
      'ledger: no ledger is given to write to. Give memoryLedger(), or one of @inferway/postgres or @inferway/sqlite.',
    );
  }
  if (whenFull !== undefined && whenFull !== 'refuse' && whenFull !== 'drop') {
    throw badOption(
      'whenFull',
      `ledger: whenFull is ${JSON.stringify(whenFull)}; give 'refuse' or 'drop'.`,
    );
  }
  const ms = (name: keyof LedgerOptions, fallback: number): number =>
    checkMs('ledger', name, (options[name] as number | undefined) ?? fallback);
  const batchRows = checkCount('ledger', 'batchRows', options.batchRows ?? 500);
  const maxRows = checkCount('ledger', 'maxRows', options.maxRows ?? Math.max(10_000, batchRows));
  if (maxRows < batchRows) {
    throw badOption(
      'maxRows',
      `ledger: maxRows is ${maxRows}, below batchRows (${batchRows}): no batch would ever be full. Raise it, or lower batchRows.`,
    );
  }
  const retryMs = ms('retryMs', 250);
  const maxRetryMs = ms('maxRetryMs', Math.max(30_000, retryMs));
  if (maxRetryMs < retryMs) {
    throw badOption(
      'maxRetryMs',
      `ledger: maxRetryMs is ${maxRetryMs}, below retryMs (${retryMs}). Raise it, or lower retryMs.`,
    );
  }
  return {
    ledger,
    spool: checkObject(
      'ledger',
      'spool',
      options.spool,
      ['begin', 'end', 'defer', 'deferred', 'recover'],
      'Give createSpool({ directory }).',
    ),
    batchRows,
    batchMs: ms('batchMs', 250),
    maxRows,
    drops: whenFull === 'drop',
    appendTimeoutMs: ms('appendTimeoutMs', 10_000),
    retryMs,
    maxRetryMs,
    recoverMs: ms('recoverMs', 60_000),
    prices: checkPriceBook('ledger', options.prices),
    tell(notice) {
      try {
        onNotice?.(notice);
      } catch {
        // Who watches the ledger must not break it.
      }
    },
    clock: options.clock ?? systemClock,
  };
}
