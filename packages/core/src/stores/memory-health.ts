import { systemClock, type Clock } from '../clock.js';
import { checkCount } from '../option-checks.js';
import type { HealthMark, HealthStore } from './health-store.js';

export interface MemoryHealthOptions {
  /** How many marks, and how many names of claims, are kept: beyond it those go first that end first. Default 10,000. */
  readonly maxEntries?: number | undefined;
  readonly clock?: Clock | undefined;
}

interface Mark {
  readonly endsAt: number;
  readonly reason: string;
}

interface Claims {
  /** When each place was given, the oldest first. */
  readonly givenAt: number[];
  endsAt: number;
}

/** Marks of this process: for several chains of one process, and for tests of more. Bounded; answers at once. */
export function memoryHealth(options: MemoryHealthOptions = {}): HealthStore {
  const maxEntries = checkCount('memoryHealth', 'maxEntries', options.maxEntries ?? 10_000);
  const clock = options.clock ?? systemClock;
  const marks = new Map<string, Mark>();
  const claims = new Map<string, Claims>();
  const listeners = new Set<(mark: HealthMark) => void>();

  const tellAll = (mark: HealthMark): void => {
    for (const listener of listeners) {
      try {
        listener(mark);
      } catch {
        // Who watches must not hinder who marks.
      }
    }
  };

  return {
    mark(key, ms, reason) {
      const now = clock.now();
      const endsAt = now + ms;
      const known = marks.get(key);
      if (!(ms > 0) || (known !== undefined && known.endsAt >= endsAt)) return;
      if (known === undefined) makeRoom(marks, maxEntries, now);
      marks.set(key, { endsAt, reason });
      tellAll({ key, leftMs: ms, reason });
    },
    clear(key) {
      const known = marks.get(key);
      if (known === undefined) return;
      marks.delete(key);
      tellAll({ key, leftMs: 0, reason: known.reason });
    },
    read(keys) {
      const now = clock.now();
      return keys.map((key) => {
        const mark = marks.get(key);
        if (mark === undefined) return undefined;
        if (mark.endsAt > now) return { key, leftMs: mark.endsAt - now, reason: mark.reason };
        marks.delete(key);
        return undefined;
      });
    },
    claim(name, count, ms) {
      const now = clock.now();
      let claimed = claims.get(name);
      if (claimed === undefined) {
        makeRoom(claims, maxEntries, now);
        claimed = { givenAt: [], endsAt: now };
        claims.set(name, claimed);
      }
      const { givenAt } = claimed;
      while (givenAt[0] !== undefined && givenAt[0] + ms <= now) givenAt.shift();
      if (givenAt.length >= count) return false;
      givenAt.push(now);
      claimed.endsAt = now + ms;
      return true;
    },
    watch(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

/** Before an entry is added: what is over goes, or what ends first. */
function makeRoom(
  entries: Map<string, { readonly endsAt: number }>,
  most: number,
  now: number,
): void {
  if (entries.size < most) return;
  let first: string | undefined;
  let firstEnd = Number.POSITIVE_INFINITY;
  for (const [key, { endsAt }] of entries) {
    if (endsAt <= now) entries.delete(key);
    else if (endsAt < firstEnd) {
      first = key;
      firstEnd = endsAt;
    }
  }
  if (entries.size >= most && first !== undefined) entries.delete(first);
}
