import { fail, say, type Step } from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { circuitBreaker } from '../../src/middleware/circuit-breaker/circuit-breaker.js';
import { errorOf } from '../helpers.js';
import { setUp } from './set-up.js';

test('a route whose targets all have open breakers tries the one that failed the longest time ago, once', async () => {
  const does: Record<string, readonly Step[]> = { a: [fail('server')], b: [fail('server')] };
  const breaker = circuitBreaker({ openMs: 3_600_000, maxOpenMs: 3_600_000 });
  const { chat, asked, events, clock } = setUp({
    scripts: { a: () => does['a'] ?? [], b: () => does['b'] ?? [] },
    router: { routes: { both: { targets: ['a/m', 'b/m'] } }, health: breaker },
    inner: [breaker],
  });
  for (const target of ['b/m', 'a/m']) {
    for (let i = 0; i < 5; i++) await errorOf(chat(target));
    await clock.advance(1000);
  }
  const before = asked().length;
  const error = await errorOf(chat('route/both'));
  expect(asked().slice(before)).toEqual(['b/m']);
  expect([error.code, error.httpStatus, error.failures?.length]).toEqual(['overloaded', 503, 3]);
  expect(error.retryAfterMs).toBeGreaterThan(0);
  await clock.advance(1);
  does['a'] = say('from a');
  expect((await chat('route/both')).text).toBe('from a');
  expect(events.filter(({ type }) => type === 'panic')).toEqual([
    { type: 'panic', target: 'b/m' },
    { type: 'panic', target: 'a/m' },
  ]);
  // What is well again comes first.
  expect((await chat('route/both')).text).toBe('from a');
  expect(asked().slice(before)).toEqual(['b/m', 'a/m', 'a/m']);
});
