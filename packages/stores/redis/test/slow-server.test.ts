import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { InferwayError } from '@inferway/core';
import { afterEach, expect, test } from 'vitest';
import { createRedisStores } from '../src/index.js';

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** Answers each command with its own last word, one after another, each `ms` after the one before. */
async function echoServer(
  ms: () => number,
): Promise<{ url: string; connections: () => number; commands: () => number }> {
  let connections = 0;
  let commands = 0;
  server = createServer((socket) => {
    connections++;
    let before: Promise<unknown> = Promise.resolve();
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      for (const command of bytes.toString().split(/(?=\*\d+\r\n)/u)) {
        commands++;
        const word = command.trim().split('\r\n').at(-1) ?? '';
        before = before.then(async () => {
          await sleep(ms());
          socket.write(`$${word.length}\r\n${word}\r\n`);
        });
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `redis://127.0.0.1:${port}`,
    connections: () => connections,
    commands: () => commands,
  };
}

test('an operation that is late among others that are answered keeps its connection, and nobody gets its answer (S20)', async () => {
  let each = 300;
  const { url, connections } = await echoServer(() => each);
  const stores = createRedisStores({ url, prefix: 'slow', timeoutMs: 1000 });
  await stores.ready();
  const asked = await Promise.allSettled(
    Array.from({ length: 5 }, async (_none, index) => stores.cache.get(`key-${index}`)),
  );
  // The server is slow, not gone: it answered the first ones meanwhile.
  expect(asked[0]).toMatchObject({ status: 'fulfilled' });
  expect(asked[4]).toMatchObject({ status: 'rejected', reason: { code: 'timeout' } });
  each = 0;
  for (let index = 5; index < 9; index++) {
    expect(await stores.cache.get(`key-${index}`)).toContain(`key-${index}`);
  }
  expect(connections()).toBe(1);
  await stores.close();
});

test('what nobody waits for any more still counts as waiting, until it is answered or its connection ends', async () => {
  const { url, commands } = await echoServer(() => 250);
  const stores = createRedisStores({ url, prefix: 'slow', timeoutMs: 600, maxPending: 6 });
  await stores.ready();
  await Promise.allSettled(Array.from({ length: 6 }, async () => stores.cache.get('x')));
  const before = commands();
  const more = await Promise.allSettled(
    Array.from({ length: 6 }, async () => stores.cache.get('y')),
  );
  const refused = more.filter(
    (answer) =>
      answer.status === 'rejected' &&
      InferwayError.is(answer.reason) &&
      answer.reason.message.includes('maxPending'),
  );
  expect(refused.length).toBeGreaterThan(0);
  expect(commands() - before).toBe(6 - refused.length);
  await stores.close();
});
