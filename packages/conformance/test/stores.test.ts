import {
  memoryCache,
  memoryHealth,
  memoryIdempotency,
  memoryLedger,
  memoryQuota,
} from '@inferway/core/stores';
import { virtualClock } from '@inferway/core/testing';
import { describe, it } from 'vitest';
import { testStore } from '../src/index.js';

const runner = { describe, it };
const clock = virtualClock({ wallTime: Date.UTC(2026, 1, 27, 22, 30) });

testStore({
  name: 'memory',
  time: clock,
  cache: () => memoryCache({ clock }),
  quota: () => memoryQuota({ clock }),
  health: () => memoryHealth({ clock }),
  idempotency: () => memoryIdempotency({ clock }),
  ledger: () => memoryLedger(),
  runner,
});

// The same without a clock that can be moved, as a server's.
const cache = memoryCache();
const quota = memoryQuota();
const health = memoryHealth();
const idempotency = memoryIdempotency();
const ledger = memoryLedger();
testStore({
  name: 'memory in real time',
  shared: true,
  cache: () => cache,
  quota: () => quota,
  health: () => health,
  idempotency: () => idempotency,
  ledger: () => ledger,
  runner,
});
