import { expect, test } from 'vitest';
import { memoryQuota } from '../../src/stores/memory-quota.js';
import { guardQuota } from '../../src/stores/outage/guard-quota.js';
import type { QuotaStore } from '../../src/stores/quota-store.js';

test.each<[string, object, string]>([
  ['share without a count of processes', { limits: 'share' }, 'processes'],
  ['no known policy for limits', { limits: 'open', processes: 1 }, 'limits'],
  ['no known policy for budgets', { budgets: 'share', processes: 1 }, 'budgets'],
  ['a slice where none is held', { processes: 1, budgets: 'open', leaseShare: 0.1 }, 'leaseShare'],
  ['slices of more than all', { processes: 20, leaseShare: 0.1 }, 'leaseShare'],
  ['a slice of nothing', { processes: 1, leaseShare: 0 }, 'leaseShare'],
  ['a lease of no time', { processes: 1, leaseMs: 0 }, 'leaseMs'],
  ['a lease where none is held', { processes: 1, budgets: 'closed', leaseMs: 9 }, 'leaseMs'],
  ['half a process', { processes: 0.5 }, 'processes'],
  ['no time', { processes: 1, timeoutMs: 0 }, 'timeoutMs'],
  ['NaN', { processes: 1, retryMs: Number.NaN }, 'retryMs'],
  ['no failure', { processes: 1, failures: 0 }, 'failures'],
  ['no room', { processes: 1, maxKept: 0 }, 'maxKept'],
  ['a listener that is none', { processes: 1, onOutage: 'console' }, 'onOutage'],
])('refused when built: %s', (_what, options, param) => {
  const build = (): QuotaStore => guardQuota(memoryQuota(), options as never);
  expect(build).toThrow(expect.objectContaining({ code: 'configuration', param }));
});
