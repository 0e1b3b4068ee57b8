import type { LimitWindow } from '@inferway/core';
import { anthropicRateLimitHeaders } from '@inferway/wire';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rateLimit } from '../src/answer-headers.js';

const count = fc.nat(Number.MAX_SAFE_INTEGER);
// Up to a year, the longest window there is.
const resetMs = fc.nat(366 * 86_400_000);
const window = fc.record({ limit: count, remaining: count, resetMs });
const kinds = ['requests', 'tokens', 'inputTokens', 'outputTokens'] as const;

it('what is written as Anthropic’s headers is read back, no reset too early and none a second late', () => {
  const snapshots = fc.record(
    { requests: window, tokens: window, inputTokens: window, outputTokens: window },
    { requiredKeys: [] },
  );
  const times = fc.integer({ min: 0, max: Date.parse('2100-01-01T00:00:00Z') });
  fc.assert(
    fc.property(snapshots, times, (snapshot, now) => {
      const read = rateLimit(anthropicRateLimitHeaders(snapshot, now), now);
      if (Object.keys(snapshot).length === 0) expect(read).toBeUndefined();
      for (const kind of kinds) {
        const written: LimitWindow | undefined = snapshot[kind];
        const { resetMs: late = 0, ...figures } = read?.[kind] ?? {};
        const { resetMs: due = 0, ...known } = written ?? {};
        expect(figures).toEqual(known);
        expect(late - due).toBeGreaterThanOrEqual(0);
        expect(late - due).toBeLessThan(1000);
      }
    }),
  );
});
