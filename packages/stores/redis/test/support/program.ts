// A program that asks once. It must end by itself, whether it closes the stores or not.
import { createRedisStores } from '../../src/index.js';

const [url, prefix, mode] = process.argv.slice(2);
const stores = createRedisStores({ url, prefix, timeoutMs: 4000 });
await stores.ready();
const stop = stores.health.watch?.(() => {});
const answer = await stores.quota.claim('program', 2000);
process.stdout.write(`answer: ${answer}\n`);
if (mode === 'close') {
  stop?.();
  await stores.close();
}
