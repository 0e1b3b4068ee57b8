// A process of its own for shared.test.ts: `worker.ts <server> <redis> <prefix> <name>`. Begins eight calls that nobody answers, and
// stays until it is killed.
import { createClient } from '@inferway/core';
import { limit } from '@inferway/core/limits';
import { cost, standard } from '@inferway/core/middleware';
import { budget } from '@inferway/core/spending';
import { createOpenAICompatible } from '@inferway/openai-compatible';
import { createRedisStores } from '@inferway/redis';
import { ask, prices } from './calls.js';

const [server = '', url = '', prefix = '', name = ''] = process.argv.slice(2);
const { quota: store } = createRedisStores({ url, prefix, timeoutMs: 5000 });
const spend = budget({
  store,
  prices,
  leaseMs: 1000,
  budgets: [{ name, usd: 1, period: 'total' }],
});
const client = createClient({
  providers: [
    createOpenAICompatible({
      name: 'first',
      baseUrl: `${server}/v1`,
      apiKey: 'sk-test-0123456789',
    }),
  ],
  middleware: standard({
    budget: spend,
    callerLimits: limit({ store, rules: [{ name, concurrency: 8 }], leaseMs: 1000 }),
    cost: cost({ prices }),
  }),
});

for (let call = 0; call < 8; call++) void client.chat(ask).catch(() => {});
