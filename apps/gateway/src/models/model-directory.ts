import type { ClientBase, Clock, ModelInfo } from '@inferway/core';

/** The models that the providers say they serve. */
export interface ModelDirectory {
  /** May be up to a minute old; a provider that does not answer in time is left out. */
  list(): Promise<readonly ModelInfo[]>;
  /** Ends the asking that is on its way. */
  close(): void;
}

const FRESH_MS = 60_000;
const WAIT_MS = 5_000;

/** Asks all providers at once, at most once a minute, however many callers want to know. */
export function createModelDirectory(client: ClientBase, clock: Clock): ModelDirectory {
  let known: Promise<readonly ModelInfo[]> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  const closing = new AbortController();
  return {
    list() {
      if (known === undefined || clock.now() - askedAt > FRESH_MS) {
        askedAt = clock.now();
        known = client
          .models({ signal: AbortSignal.any([closing.signal, AbortSignal.timeout(WAIT_MS)]) })
          .then(({ models }) => models.toSorted(byName));
        known.catch(() => {
          known = undefined;
        });
      }
      return known;
    },
    close: () => closing.abort(),
  };
}

function byName(a: ModelInfo, b: ModelInfo): number {
  const left = `${a.provider}/${a.id}`;
  const right = `${b.provider}/${b.id}`;
  return left < right ? -1 : left > right ? 1 : 0;
}
