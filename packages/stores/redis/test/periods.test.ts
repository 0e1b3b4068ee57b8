import { withService } from '@inferway/conformance';
import { SPEND_PERIODS, spendPeriodOf } from '@inferway/core/stores';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PERIODS } from '../src/quota/other-scripts.js';
import { raw, SERVICE } from './support/server.js';

await withService({ ...SERVICE, runner: { describe, it } }, (url) => {
  describe('the calendar in Lua', () => {
    it.for(SPEND_PERIODS)('is that of core: %s', async (period) => {
      const first = Date.UTC(1970, 0, 1);
      const last = Date.UTC(2400, 11, 31);
      const anyTime = fc.oneof(
        fc.integer({ min: first, max: last }),
        // The edges of months and years, a millisecond before, at and after.
        fc
          .tuple(
            fc.integer({ min: 1970, max: 2399 }),
            fc.integer({ min: 0, max: 11 }),
            fc.constantFrom(-1, 0, 1),
          )
          .map(([year, month, by]) => Math.max(0, Date.UTC(year, month) + by)),
      );
      await raw(url, (send) =>
        fc.assert(
          fc.asyncProperty(fc.array(anyTime, { minLength: 1, maxLength: 200 }), async (times) => {
            const answer = await send('EVAL', PERIODS.text, '0', period, ...times.map(String));
            const expected = times.flatMap((time) => {
              const { startsAt, endsAt } = spendPeriodOf(period, time);
              return [String(startsAt), endsAt === Infinity ? 'inf' : String(endsAt)];
            });
            expect(answer).toEqual(expected);
          }),
          { numRuns: 60 },
        ),
      );
    });
  });
});
