import { cache } from '@inferway/core/caching';
import { createClient, type CallOptions } from '@inferway/core';
import { fixed, priceTable, standard } from '@inferway/core/middleware';
import { memoryCache } from '@inferway/core/stores';
import {
  accept,
  connected,
  connecting,
  fail,
  fakeProvider,
  ignoreCancel,
  say,
  settle,
  stall,
  virtualClock,
} from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { countingSignal, errorOf } from './helpers.js';

/** Ways in which a call can go, unary and streamed. */
const scripts = [
  [connecting(), connected(), ...say('one two three')],
  [fail('overloaded')],
  [accept(), ...say('one two').slice(1, 4), fail('stream_interrupted')],
  [...say('one two').slice(0, 3), fail('rate_limit')],
  [stall()],
  [...say('one two').slice(0, 4), stall()],
  [ignoreCancel(), stall()],
] as const;

test('a signal that lives long has no listener, and the clock no timer, after 1,000 calls of every kind', async () => {
  const clock = virtualClock();
  const { controller, signal, count } = countingSignal();
  let call = 0;
  const provider = fakeProvider({ script: () => scripts[call % scripts.length] ?? [] });
  const spare = fakeProvider({
    name: 'spare',
    script: () => scripts[(call >> 3) % scripts.length] ?? [],
  });
  const client = createClient({
    providers: [provider, spare],
    clock,
    middleware: standard({
      cache: cache({ scope: 'shared', store: memoryCache({ clock, maxEntries: 5 }) }),
      fallback: { targets: ['spare/m'] },
      retry: { baseMs: 10, maxMs: 100 },
      cost: { prices: priceTable({ 'fake/*': { input: 1, output: 1 } }) },
      timeout: { firstEventMs: 200, idleBytesMs: 100, totalMs: 60_000 },
      auth: fixed('key'),
    }),
  });
  const options: CallOptions = { signal, timeoutMs: 30_000 };

  for (call = 0; call < 1000; call++) {
    const input = {
      model: 'fake/m',
      messages: [{ role: 'user', content: `${call % 50}` }],
    } as const;
    const work = async (): Promise<void> => {
      if (call % 2 === 0) return void (await client.chat(input, options));
      const stream = await client.chat.stream(input, options);
      switch (call % 3) {
        case 0:
          await stream.result;
          break;
        case 1:
          for await (const event of stream) if (event.type === 'text-delta') break;
          break;
        default:
          stream.cancel();
      }
    };
    const running = work().catch(() => undefined);
    await clock.advance(60_000);
    await running;
  }
  expect(provider.attempts.length).toBeGreaterThan(1000);
  expect(count()).toBe(0);
  expect(clock.timers).toBe(0);
  expect(provider.open + spare.open).toBe(0);

  // And the signal still works.
  call = 4;
  const stalled = errorOf(
    client.chat({ model: 'fake/m', messages: [{ role: 'user', content: 'last' }] }, options),
  );
  await settle();
  expect(count()).toBe(1);
  controller.abort();
  expect((await stalled).code).toBe('aborted');
  expect(count()).toBe(0);
}, 60_000);
