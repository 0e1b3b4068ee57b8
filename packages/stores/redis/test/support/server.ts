import { randomBytes } from 'node:crypto';
import { createClient } from '@redis/client';
import { afterAll } from 'vitest';

export const SERVICE = {
  name: 'Redis',
  variable: 'REDIS_URL',
  url: 'redis://127.0.0.1:6379',
} as const;

/** A prefix that nobody else uses. */
export function testPrefix(): string {
  return `inferway-test-${randomBytes(6).toString('hex')}`;
}

/** Runs raw commands on a connection of its own. */
export async function raw<T>(
  url: string,
  body: (send: (...command: string[]) => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const client = createClient({ url, RESP: 2 });
  client.on('error', () => {});
  await client.connect();
  try {
    return await body((...command) => client.sendCommand(command));
  } finally {
    client.destroy();
  }
}

/** The names of all keys of a prefix. */
export function keysOf(url: string, prefix: string): Promise<string[]> {
  return raw(url, async (send) => {
    const keys: string[] = [];
    let cursor = '0';
    do {
      const [next, found] = (await send(
        'SCAN',
        cursor,
        'MATCH',
        `{${prefix}}:*`,
        'COUNT',
        '1000',
      )) as [string, string[]];
      keys.push(...found);
      cursor = next;
    } while (cursor !== '0');
    return keys;
  });
}

/** Deletes the keys of a prefix. */
async function wipe(url: string, prefix: string): Promise<void> {
  const keys = await keysOf(url, prefix);
  if (keys.length > 0) await raw(url, (send) => send('DEL', ...keys));
}

/** Makes prefixes whose keys are deleted when the file's tests are over. */
export function prefixes(url: string): () => string {
  const made: string[] = [];
  afterAll(async () => {
    for (const prefix of made) await wipe(url, prefix);
  });
  return () => {
    const prefix = testPrefix();
    made.push(prefix);
    return prefix;
  };
}
