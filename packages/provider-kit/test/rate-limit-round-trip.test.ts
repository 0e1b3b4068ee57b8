import type { LimitWindow } from '@inferway/core';
import { openaiRateLimitHeaders } from '@inferway/wire';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openaiRateLimit } from '../src/index.js';

const count = fc.nat(Number.MAX_SAFE_INTEGER);
// Up to a year, the longest window there is.
const window: fc.Arbitrary<LimitWindow> = fc.record({
  limit: count,
  remaining: count,
  resetMs: fc.option(fc.oneof(fc.nat(60_000), fc.nat(366 * 86_400_000)), { nil: undefined }),
});

it('what is written as OpenAI’s headers is read back to the millisecond', () => {
  fc.assert(
    fc.property(
      fc.record({ requests: window, tokens: window }, { requiredKeys: [] }),
      (snapshot) => {
        const known = Object.keys(snapshot).length > 0;
        expect(openaiRateLimit(openaiRateLimitHeaders(snapshot), 0)).toEqual(
          known ? snapshot : undefined,
        );
      },
    ),
  );
});
