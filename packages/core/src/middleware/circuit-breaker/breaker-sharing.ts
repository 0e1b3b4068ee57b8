import type { Clock } from '../../clock.js';
import type { HealthLink } from '../../stores/health-link.js';
import type { HealthMark } from '../../stores/health-store.js';
import type { Breaker } from './breaker.js';
import type { BreakerRules } from './breaker-options.js';
import type { BreakerTable } from './breaker-table.js';

const PREFIX = 'breaker|';
// Times of marks are rounded on their way.
const SLACK_MS = 10;

/** What is known of a target's mark. */
interface Seen {
  /** When it ends, monotonic. */
  endsAt: number;
  /** The target is open here because others said so. */
  adopted: boolean;
  /** Since when only others spoke of it: they are believed for `maxOpenMs`, then a call of our own finds out. */
  readonly since: number;
}

/** Told of a breaker whose state changed because others said so. */
export type Changed = (breaker: Breaker) => void;

/**
 * Shares the changes of breakers, not their counts. A mark outlasts the open time by that of the probes, so that others can tell "closed again"
 * (the mark went early) from "half-open" (it is about to end). A mark is adopted when it appears: one that stays although a call of our own came
 * through counts no more, so that a store that is wrong cannot keep a target closed to us.
 */
export class BreakerSharing {
  readonly #link: HealthLink;
  readonly #rules: BreakerRules;
  readonly #table: BreakerTable;
  readonly #tailMs: number;
  readonly #seen = new WeakMap<Breaker, Seen>();
  /** Places for probes that this process holds and that nobody uses. */
  readonly #places = new WeakMap<Breaker, { count: number; until: number }>();
  #refreshedAt = 0;

  constructor(link: HealthLink, rules: BreakerRules, table: BreakerTable) {
    this.#link = link;
    this.#rules = rules;
    this.#table = table;
    this.#tailMs = 2 * rules.probeMs;
  }

  /** True where the marks of others are to be read. */
  isDue(now: number): boolean {
    return this.#link.isDue(now);
  }

  /** Reads the marks of the targets in use, behind the call that comes by. */
  refresh(clock: Clock, told: Changed): void {
    const keys = this.#table.usedSince(this.#refreshedAt).map((key) => PREFIX + key);
    this.#refreshedAt = clock.now();
    this.#link.refresh(clock, keys, (key, mark, askedAt) => {
      this.#apply(key, mark, askedAt, clock.now(), told);
    });
  }

  /** Hears of marks as they are made, where the store tells. */
  watch(clock: Clock, told: Changed): void {
    this.#link.watch((mark) => {
      const now = clock.now();
      if (!mark.key.startsWith(PREFIX)) return;
      this.#apply(mark.key, mark.leftMs > 0 ? mark : undefined, now, now, told);
    });
  }

  /** This process saw the change itself. */
  changed(breaker: Breaker, now: number): void {
    const key = PREFIX + breaker.key;
    if (breaker.state === 'open') {
      const ms = breaker.openUntil - now + this.#tailMs;
      this.#seen.set(breaker, { endsAt: now + ms, adopted: false, since: now });
      this.#link.mark(key, ms, breaker.reason);
    } else if (breaker.state === 'closed') {
      this.#link.clear(key);
      const seen = this.#seen.get(breaker);
      if (seen !== undefined) seen.adopted = false;
      this.#places.delete(breaker);
    }
  }

  /** True where a probe may be made: over all processes, or, where the store cannot say, over this one. */
  place(breaker: Breaker, clock: Clock): boolean | Promise<boolean> {
    const now = clock.now();
    const held = this.#places.get(breaker);
    if (held !== undefined && held.count > 0 && now < held.until) {
      held.count--;
      return true;
    }
    // Whatever the store says, a target is not kept closed for ever by it.
    if (now - breaker.changedAt >= this.#tailMs) return true;
    const { probes, probeMs } = this.#rules;
    const given = this.#link.claim(clock, `${PREFIX}${breaker.key}|probe`, probes, probeMs);
    const settle = (granted: boolean | undefined): boolean => {
      if (granted === false) breaker.askAgainAt = clock.now() + Math.min(1000, probeMs);
      else this.#places.set(breaker, { count: 0, until: clock.now() + probeMs });
      return granted !== false;
    };
    return given instanceof Promise ? given.then(settle) : settle(given);
  }

  /** A probe came to nothing: its place is kept for the next call here. */
  keepPlace(breaker: Breaker): void {
    const held = this.#places.get(breaker);
    if (held !== undefined) held.count++;
  }

  close(): void {
    this.#link.close();
  }

  #apply(
    markKey: string,
    mark: HealthMark | undefined,
    askedAt: number,
    now: number,
    told: Changed,
  ): void {
    const breaker = this.#table.find(markKey.slice(PREFIX.length));
    // What was asked before we saw a change ourselves is old news.
    if (breaker === undefined || askedAt < breaker.changedAt) return;
    const seen = this.#seen.get(breaker);
    if (mark === undefined) {
      this.#seen.delete(breaker);
      if (seen === undefined || now >= seen.endsAt || breaker.state === 'closed') return;
      const ours = breaker.state === 'open' && !seen.adopted;
      if (ours) return;
      breaker.close(now, 'elsewhere');
      told(breaker);
      return;
    }
    const endsAt = askedAt + mark.leftMs;
    if (breaker.state === 'closed' && seen !== undefined) return;
    const since = seen?.since ?? now;
    const openUntil = Math.min(endsAt - this.#tailMs, since + this.#rules.maxOpenMs);
    const opens = openUntil > now + SLACK_MS;
    if (breaker.state === 'open') {
      this.#seen.set(breaker, { endsAt, adopted: seen?.adopted ?? false, since });
      if (openUntil > breaker.openUntil) breaker.openUntil = openUntil;
      return;
    }
    this.#seen.set(breaker, { endsAt, adopted: true, since });
    if (opens) breaker.openUntilTime(openUntil, now, mark.reason);
    else if (breaker.state === 'closed') breaker.halfOpen(now, mark.reason);
    else return;
    told(breaker);
  }
}
