// Several processes make calls on shared stores while providers fail, callers leave, a worker is killed and both stores freeze. In the end the
// books are compared with the provider's own bill: npx -y pnpm@12 example accounting [calls] [at a time] [workers] [seed] [emptied]
import { broken, report } from './report.js';
import { run } from './run.js';
import { ATTEMPTS } from './settings.js';

const [calls = 6000, concurrency = 1000, workers = 5, seed = 1] = process.argv
  .slice(2, 6)
  .map(Number);
const emptied = process.argv[6] === 'emptied';

const figures = await run({
  redisUrl: process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379',
  postgresUrl: process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres',
  calls,
  concurrency,
  workers,
  seed,
  emptied,
});
console.log(report(figures));
for (const what of broken(figures, ATTEMPTS, emptied)) {
  console.error(`BROKEN ${what}`);
  process.exitCode = 1;
}
