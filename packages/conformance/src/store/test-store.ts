import type { Check } from '../provider/check.js';
import { withPatience } from '../provider/in-time.js';
import { defaultRunner } from '../runner.js';
import { cacheEntries } from './checks/cache-entries.js';
import { healthMarks } from './checks/health-marks.js';
import { idempotencyClaims } from './checks/idempotency-claims.js';
import { idempotencyRandom } from './checks/idempotency-random.js';
import { ledgerPaging } from './checks/ledger-paging.js';
import { ledgerStrings } from './checks/ledger-strings.js';
import { ledgerSums } from './checks/ledger-sums.js';
import { ledgerWriting } from './checks/ledger-writing.js';
import { quotaInputs } from './checks/quota-inputs.js';
import { quotaPeriods } from './checks/quota-periods.js';
import { quotaPlaces } from './checks/quota-places.js';
import { quotaRandom } from './checks/quota-random.js';
import { quotaSpend } from './checks/quota-spend.js';
import { quotaTogether } from './checks/quota-together.js';
import { quotaWindows } from './checks/quota-windows.js';
import type { StoreSuite } from './store-suite.js';

type ChecksOf = (suite: StoreSuite) => readonly Check[];

const GROUPS: Readonly<Record<string, ChecksOf>> = {
  cache: cacheEntries,
  'quota: windows': quotaWindows,
  'quota: places': quotaPlaces,
  'quota: spend': quotaSpend,
  'quota: periods': quotaPeriods,
  'quota: decisions': quotaTogether,
  'quota: names and amounts': quotaInputs,
  'quota: by chance': quotaRandom,
  health: healthMarks,
  idempotency: idempotencyClaims,
  'idempotency: by chance': idempotencyRandom,
  'ledger: writing': ledgerWriting,
  'ledger: sums': ledgerSums,
  'ledger: pages': ledgerPaging,
  'ledger: hostile strings': ledgerStrings,
};

/**
 * Registers the contract of stores as tests, for each store that the suite gives.
 *
 * ```ts
 * const clock = virtualClock();
 * testStore({ name: 'memory', time: clock, quota: () => memoryQuota({ clock }), runner: { describe, it } });
 * ```
 */
export function testStore(suite: StoreSuite): void {
  const { describe, it } = suite.runner ?? defaultRunner();
  describe(`${suite.name} keeps the contract of stores`, () => {
    for (const [group, checksOf] of Object.entries(GROUPS)) {
      const checks = checksOf(suite);
      if (checks.length === 0) continue;
      describe(group, () => {
        for (const { name, run } of checks) it(name, () => withPatience(suite.patienceMs, run));
      });
    }
  });
}
