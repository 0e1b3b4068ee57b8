import { limit } from '@inferway/core/limits';
import { say } from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { bench, question } from './limit-helpers.js';

const MOST = Number.MAX_SAFE_INTEGER;

test('counts that a provider makes up leave no place taken', async () => {
  for (const count of [MOST, 1e308, Number.NaN, -5]) {
    const usage = { inputTokens: count, outputTokens: count };
    const { client, store, clock } = bench(
      (quota) => [
        limit({
          store: quota,
          rules: [{ name: 'r', windowMs: 1000, totalTokens: MOST, concurrency: 1 }],
        }),
      ],
      say('x', { usage }),
    );
    await client.chat(question);
    expect(store.read([{ kind: 'places', key: 'caller|r|concurrency||', limit: 1 }])).toEqual([
      { used: 0, held: 0 },
    ]);
    await clock.advance(2000);
    await client.chat(question);
    expect(clock.timers).toBe(0);
  }
});

test('a request for more than can be counted is refused as what never fits', async () => {
  const { client, provider } = bench((store) => [
    limit({ store, rules: [{ windowMs: 1000, totalTokens: 1000 }] }),
  ]);
  await expect(
    client.chat({ ...question, maxOutputTokens: MOST, choices: 100 }),
  ).rejects.toMatchObject({ code: 'too_large' });
  expect(provider.attempts).toEqual([]);
});
