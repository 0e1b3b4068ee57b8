import { createPostgresCache } from '@inferway/postgres';
import { expect, test } from 'vitest';
import { withDatabase } from './database.js';

await withDatabase(({ url, schema, ask }) => {
  test('entries whose time is over are removed as others are written', async () => {
    const cache = createPostgresCache({ url, schema });
    await cache.set('old', 'x', 1);
    while ((await cache.get('old')) !== undefined);
    for (let index = 0; index < 64; index++) await cache.set(`k${index}`, 'v', 60_000);
    await cache.close?.();
    expect(await ask(`SELECT count(*)::int AS n FROM "${schema}".cache WHERE key = 'old'`)).toEqual(
      [{ n: 0 }],
    );
    expect(await ask(`SELECT count(*)::int AS n FROM "${schema}".cache`)).toEqual([{ n: 64 }]);
  });
});
