import { testStore, withService } from '@inferway/conformance';
import { describe, it } from 'vitest';
import { createRedisStores } from '../src/index.js';
import { prefixes, SERVICE } from './support/server.js';

const runner = { describe, it };

await withService({ ...SERVICE, runner }, (url) => {
  const prefix = prefixes(url)();
  // On a loaded machine the limit of 50 ms is tested elsewhere.
  const open = () => createRedisStores({ url, prefix, timeoutMs: 4000 });
  testStore({
    name: 'redis',
    shared: true,
    cache: () => open().cache,
    quota: () => open().quota,
    health: () => open().health,
    idempotency: () => open().idempotency,
    runner,
  });
});
