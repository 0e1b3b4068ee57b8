// A process of its own for limits-redis.test.ts: `limits-worker.ts <server> <redis> <prefix> <calls>`. Prints a line for each call that ends,
// `let in` or the code of its error, and goes on until it is killed where the server holds its answers.
import { createClient, InferwayError } from '@inferway/core';
import { limit } from '@inferway/core/limits';
import { createRedisStores } from '@inferway/redis';
import { httpProvider, SHARED_RULES } from './limits-server.js';

const [server = '', redis = '', prefix = '', calls = '0'] = process.argv.slice(2);
const stores = createRedisStores({ url: redis, prefix, timeoutMs: 5000 });
const client = createClient({
  providers: [httpProvider(server)],
  middleware: [limit({ store: stores.quota, rules: SHARED_RULES, leaseMs: 1000 })],
});

await Promise.all(
  Array.from({ length: Number(calls) }, async () => {
    let line = 'let in';
    try {
      await client.chat({ model: 'http/m', messages: [] });
    } catch (reason) {
      line = InferwayError.from(reason).code;
    }
    process.stdout.write(`${line}\n`);
  }),
);
await stores.close();
