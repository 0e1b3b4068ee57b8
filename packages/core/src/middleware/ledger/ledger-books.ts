import type { AttemptObserver } from '../../attempt-observer.js';
import type { Attempt } from '../../attempts.js';
import type { Call } from '../../call.js';
import { InferwayError } from '../../error.js';
import { OpenList, type Open } from '../../open-list.js';
import type { Outcome } from '../../outcome.js';
import type { AnyReply, ReplyMeta } from '../../reply.js';
import type { LedgerRow } from '../../stores/ledger.js';
import { boundCost, type CostBound } from '../../cost-bound/cost-bound.js';
import { priceBookOf } from '../../call-prices.js';
import type { LedgerSettings } from './ledger-options.js';
import type { LedgerSpool } from '../../stores/ledger-spool.js';
import { abandonedRow, closeRow, openRow, type OpenRow } from './ledger-row.js';
import { LedgerWriter } from './ledger-writer.js';

/** One attempt that was begun and is not over. */
class OpenEntry implements Open, AttemptObserver {
  readonly call: Call;
  readonly attempt: Attempt;
  readonly row: OpenRow;
  /** The spool has its beginning. */
  readonly begun: boolean;
  position = -1;
  readonly #books: LedgerBooks;

  constructor(books: LedgerBooks, call: Call, attempt: Attempt, row: OpenRow, begun: boolean) {
    this.#books = books;
    this.call = call;
    this.attempt = attempt;
    this.row = row;
    this.begun = begun;
  }

  over(outcome: Outcome, reply: AnyReply | undefined, endedMs: number): void {
    this.#books.end(this, outcome, reply?.meta, endedMs);
  }
}

type Lack = 'rows' | 'bytes' | 'disk' | 'closed';

/** Which attempts run, which rows wait, and whether there is room for more. */
export class LedgerBooks {
  readonly writer: LedgerWriter;
  readonly #settings: LedgerSettings;
  readonly #open = new OpenList<OpenEntry>();
  /** What was lacking at the last look, while it lacks. */
  #lack: Lack | undefined;
  #refused = 0;
  #dropped = 0;
  /** No call begins any more. */
  #isClosed = false;
  /** No attempt of a call that runs begins any more, either. */
  #isOver = false;
  #onIdle: (() => void) | undefined;
  #recovering: Promise<void> | undefined;
  #recoverAt = Number.NEGATIVE_INFINITY;

  constructor(settings: LedgerSettings) {
    this.#settings = settings;
    this.writer = new LedgerWriter(settings);
  }

  /** Attempts that run. */
  get running(): number {
    return this.#open.size;
  }

  /** Why no call may begin, where none may. */
  refusal(): { readonly reason: Lack; readonly error: InferwayError } | undefined {
    const reason = this.#look();
    if (reason === undefined || (this.#settings.drops && reason !== 'closed')) return undefined;
    this.#refused++;
    return { reason, error: refusedError(reason, this.writer.retryAfterMs) };
  }

  /** Writes down that an attempt begins. @throws {InferwayError} `overloaded` where a spool cannot take it. */
  begin(call: Call, attempt: Attempt): AttemptObserver {
    if (this.#isOver) throw this.#cannotBegin(undefined);
    const { clock, spool, drops } = this.#settings;
    const row = openRow(call, attempt, clock.wallTime());
    let begun = true;
    if (spool !== undefined) {
      try {
        spool.begin(abandonedRow(row, this.#bound(call)));
      } catch (reason) {
        if (!drops) throw this.#cannotBegin(reason);
        begun = false;
      }
    }
    const entry = new OpenEntry(this, call, attempt, row, begun);
    this.#open.add(entry);
    return entry;
  }

  /** Writes the attempt's row. Only the first end counts. */
  end(entry: OpenEntry, outcome: Outcome, meta: ReplyMeta | undefined, endedMs: number): void {
    if (!this.#open.remove(entry)) return;
    const { attempt, row, begun } = entry;
    const durationMs = endedMs - attempt.startedMs;
    this.#keep(closeRow(row, attempt, durationMs, outcome, meta), begun);
    if (this.#open.size === 0) this.#onIdle?.();
  }

  /** Hands what dead processes left to the ledger, in the background, once in `recoverMs`. */
  recoverWhenDue(): void {
    const { spool, clock, recoverMs } = this.#settings;
    if (spool === undefined || this.#recovering !== undefined || this.#isClosed) return;
    const now = clock.now();
    if (now < this.#recoverAt) return;
    this.#recoverAt = now + recoverMs;
    this.#recovering = this.#recover(spool);
  }

  async #recover(spool: LedgerSpool): Promise<void> {
    const { tell } = this.#settings;
    try {
      const found = await spool.recover((rows) => this.writer.write(rows));
      if (found.rows + found.damaged > 0) tell({ type: 'recovered', ...found });
    } catch (reason) {
      tell({ type: 'recovery-failed', error: InferwayError.from(reason) });
    } finally {
      this.#recovering = undefined;
    }
  }

  /** Waits up to `graceMs` for the attempts that run, and writes those that still run as abandoned. No call begins any more. */
  async settle(graceMs: number): Promise<void> {
    this.#isClosed = true;
    await this.#recovering;
    if (this.#open.size > 0 && graceMs > 0) await this.#idleWithin(graceMs);
    this.#isOver = true;
    for (let entry = this.#open.last; entry !== undefined; entry = this.#open.last) {
      this.#open.remove(entry);
      this.#keep(abandonedRow(entry.row, this.#bound(entry.call)), true);
    }
  }

  #bound(call: Call): Pick<CostBound, 'usage' | 'cost'> | undefined {
    try {
      return boundCost(call, this.#settings.prices ?? priceBookOf(call.state) ?? undefined);
    } catch {
      // A request that is none of its operation's is the provider's to refuse.
      return undefined;
    }
  }

  #idleWithin(ms: number): Promise<void> {
    const { clock } = this.#settings;
    return new Promise((resolve) => {
      const timer = clock.setTimer(resolve, ms);
      this.#onIdle = () => {
        clock.clearTimer(timer);
        resolve();
      };
    });
  }

  #keep(row: LedgerRow, begun: boolean): void {
    const { spool, drops, maxRows } = this.#settings;
    const spooled = begun && spool?.end(row) === true;
    if (drops && !spooled && this.writer.waiting >= maxRows) this.#dropped++;
    else this.writer.add(row, spooled);
  }

  // Looked at once a call; what changed since the last look is told once.
  #look(): Lack | undefined {
    const lack = this.#isClosed ? 'closed' : this.#lacking();
    const was = this.#lack;
    if (lack === was) return lack;
    this.#lack = lack;
    const { tell } = this.#settings;
    if (lack !== undefined && lack !== 'closed') {
      tell({ type: 'full', reason: lack, waiting: this.writer.waiting });
    } else if (lack === undefined) {
      tell({ type: 'room', refused: this.#refused, dropped: this.#dropped });
      this.#refused = 0;
      this.#dropped = 0;
    }
    return lack;
  }

  #lacking(): Lack | undefined {
    const { spool, maxRows } = this.#settings;
    if (spool !== undefined) return spool.full;
    return this.writer.waiting + this.#open.size >= maxRows ? 'rows' : undefined;
  }

  #cannotBegin(cause: unknown): InferwayError {
    const reason = this.#look() ?? 'disk';
    this.#refused++;
    return refusedError(reason, this.writer.retryAfterMs, cause);
  }
}

const WHY: Readonly<Record<Lack, string>> = {
  rows: 'the ledger takes no rows, and as many wait in memory as maxRows allows. See why the ledger fails; a spool keeps more',
  bytes:
    'the ledger takes no rows, and its spool is full. See why the ledger fails, or raise maxBytes of createSpool()',
  disk: 'the disk of its spool takes nothing. Free some space there',
  closed: 'the ledger layer was closed. Make calls before close()',
};

// Not retried within the call: the layers below are not at fault, and another target has the same ledger.
function refusedError(reason: Lack, retryAfterMs: number, cause?: unknown): InferwayError {
  return new InferwayError('overloaded', {
    message: `The call was not made, since its cost could not be written down: ${WHY[reason]}.`,
    retryable: false,
    fallbackable: false,
    sent: 'no',
    retryAfterMs: Math.ceil(retryAfterMs),
    cause,
  });
}
