import { callerOf, caller, type CallOptions } from '@inferway/core';
import { cache } from '@inferway/core/caching';
import type { CacheStore } from '@inferway/core/stores';
import { fail, say, stall, wait } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../../helpers.js';
import { cacheRig } from './rig.js';

const guarded = { guard: true };
const slow = [wait(1000), ...say('the answer')];

describe('a thousand calls that miss with one key at once', () => {
  test('reach the provider once, and the answer is kept once', async () => {
    const sets: string[] = [];
    const entries = new Map<string, string>();
    const store: CacheStore = {
      get: async (key) => entries.get(key),
      set: (key, value) => {
        sets.push(key);
        entries.set(key, value);
      },
      delete: () => {},
    };
    const { chat, clock, provider } = cacheRig(slow, { cache: { ...guarded, store } });
    const calls = Array.from({ length: 1000 }, () => chat());
    await clock.advance(1000);
    const answers = await Promise.all(calls);
    expect(new Set(answers.map(({ text, meta }) => `${text} ${meta.cache}`))).toEqual(
      new Set(['the answer miss']),
    );
    expect(provider.attempts.length).toBe(1);
    expect(sets.length).toBe(1);
    expect((await chat()).meta.cache).toBe('hit');
    expect(clock.timers).toBe(0);
  });

  test('all go on without a guard', async () => {
    const { chat, clock, provider } = cacheRig(slow);
    const calls = Array.from({ length: 20 }, () => chat());
    await clock.advance(1000);
    await Promise.all(calls);
    expect(provider.attempts.length).toBe(20);
  });

  test('as streams, too: each reads all of it', async () => {
    const { stream, clock, provider } = cacheRig(slow, { cache: guarded });
    const opened = Array.from({ length: 100 }, () => stream());
    await clock.advance(1000);
    const texts = await Promise.all((await Promise.all(opened)).map((one) => one.text));
    expect(new Set(texts)).toEqual(new Set(['the answer']));
    expect(provider.attempts.length).toBe(1);
    expect((await stream()).meta.cache).toBe('hit');
  });

  test('of two tenants reach it twice, and nobody has the other’s answer (S18)', async () => {
    const { chat, clock, provider } = cacheRig(
      (call) => [wait(10), ...say(`for ${callerOf(call.state).tenant}`)],
      { cache: { ...guarded, scope: (call) => callerOf(call.state).tenant } },
    );
    const as = (tenant: string): CallOptions => ({
      state: (state) => state.set(caller, { tenant }),
    });
    const calls = Array.from({ length: 40 }, (_, i) => chat({}, as(i % 2 === 0 ? 'a' : 'b')));
    await clock.advance(10);
    const texts = (await Promise.all(calls)).map(({ text }) => text);
    expect(texts).toEqual(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 'for a' : 'for b')));
    expect(provider.attempts.length).toBe(2);
  });
});

test('who waits is bound by his own deadline; the answer is kept all the same', async () => {
  const { chat, clock, provider } = cacheRig(slow, { cache: guarded });
  const impatient = errorOf(chat({}, { timeoutMs: 100 }));
  const patient = chat();
  await clock.advance(100);
  expect(await impatient).toMatchObject({ code: 'timeout', phase: 'total' });
  await clock.advance(900);
  expect((await patient).text).toBe('the answer');
  expect((await chat()).meta.cache).toBe('hit');
  expect(provider.attempts.length).toBe(1);
});

test('a failure ends those that wait, is not kept, and does not let them all through', async () => {
  const { chat, provider } = cacheRig((_call, n) => (n === 1 ? [fail('server')] : say('later')), {
    cache: guarded,
  });
  const calls = await Promise.allSettled(Array.from({ length: 100 }, () => chat()));
  expect(calls.every(({ status }) => status === 'rejected')).toBe(true);
  expect(provider.attempts.length).toBe(1);
  expect((await chat()).text).toBe('later');
});

test('when the last that waits has left, the provider is cancelled and nothing is left behind', async () => {
  const { chat, clock, provider } = cacheRig([stall()], { cache: guarded });
  const controllers = Array.from({ length: 5 }, () => new AbortController());
  const calls = controllers.map(({ signal }) => errorOf(chat({}, { signal })));
  await clock.advance(10);
  expect(provider.open).toBe(1);
  for (const controller of controllers) controller.abort();
  expect((await Promise.all(calls)).map(({ code }) => code)).toEqual(Array(5).fill('aborted'));
  await clock.advance(0);
  expect(provider.open).toBe(0);
  expect(clock.timers).toBe(0);
});

test('guard must be true or false', () => {
  expect(() => cache({ scope: 'shared', guard: 'yes' as never })).toThrow(
    expect.objectContaining({ code: 'configuration', param: 'guard' }),
  );
});
