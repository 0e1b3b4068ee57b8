import { refreshing, type FreshSecret } from '@inferway/core/middleware';
import { fail, fakeError, settle } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { countingSignal, errorOf } from '../helpers.js';
import { refusing, setUp } from './auth-set-up.js';

describe('refreshing', () => {
  /** Loads that the test settles. */
  function manualLoads() {
    const loads: {
      signal: AbortSignal;
      resolve: (fresh: FreshSecret) => void;
      reject: (reason: unknown) => void;
    }[] = [];
    const load = (signal: AbortSignal): Promise<FreshSecret> =>
      new Promise((resolve, reject) => loads.push({ signal, resolve, reject }));
    return { loads, load };
  }

  test('loads once for all who wait', async () => {
    const { loads, load } = manualLoads();
    const { chat, secrets } = setUp(refreshing(load));
    const calls = [chat(), chat(), chat()];
    await settle();
    expect(loads.length).toBe(1);
    loads[0]?.resolve({ secret: 'token' });
    await Promise.all(calls);
    expect(secrets()).toEqual(['token', 'token', 'token']);
    await chat();
    expect(loads.length).toBe(1);
  });

  test('a caller who leaves stops waiting, and the load goes on for the others', async () => {
    const { loads, load } = manualLoads();
    const { chat } = setUp(refreshing(load));
    const { controller, signal, count } = countingSignal();
    const left = errorOf(chat(signal));
    const stays = chat();
    await settle();
    controller.abort();
    expect((await left).code).toBe('aborted');
    expect(count()).toBe(0);
    expect(loads[0]?.signal.aborted).toBe(false);
    loads[0]?.resolve({ secret: 'token' });
    expect((await stays).text).toBe('ok');
  });

  test('replaces a secret ahead of its end, while calls go on with the old one', async () => {
    const { loads, load } = manualLoads();
    const { chat, secrets, clock } = setUp(refreshing(load));
    const first = chat();
    await settle();
    loads[0]?.resolve({ secret: 'old', expiresInMs: 3_600_000 });
    await first;
    await clock.advance(3_540_000);
    await chat();
    await chat();
    expect(loads.length).toBe(2);
    expect(secrets()).toEqual(['old', 'old', 'old']);
    loads[1]?.resolve({ secret: 'new', expiresInMs: 3_600_000 });
    await settle();
    await chat();
    expect(secrets().at(-1)).toBe('new');
  });

  test('a short-lived secret is replaced at half of its life', async () => {
    let loaded = 0;
    const { chat, clock } = setUp(
      refreshing(async () => ({ secret: `t${++loaded}`, expiresInMs: 10_000 })),
    );
    await chat();
    await clock.advance(4_999);
    await chat();
    expect(loaded).toBe(1);
    await clock.advance(1);
    await chat();
    expect(loaded).toBe(2);
  });

  test('a refresh ahead of the end that fails is not told while the old secret lives, and is tried again', async () => {
    let loaded = 0;
    const { chat, secrets, clock } = setUp(
      refreshing(async () => {
        loaded++;
        if (loaded === 2) throw new Error('identity provider down');
        return { secret: `t${loaded}`, expiresInMs: 100_000 };
      }),
    );
    await chat();
    await clock.advance(60_000);
    await chat();
    await settle();
    await chat();
    await settle();
    await chat();
    expect(secrets()).toEqual(['t1', 't1', 't1', 't3']);
  });

  test('a secret that ran out is waited for', async () => {
    let loaded = 0;
    const { chat, secrets, clock } = setUp(
      refreshing(async () => ({ secret: `t${++loaded}`, expiresInMs: 1000 })),
    );
    await chat();
    await clock.advance(1000);
    await chat();
    expect(secrets()).toEqual(['t1', 't2']);
  });

  test('is refreshed once at once when the provider refuses it', async () => {
    let loaded = 0;
    const { chat, secrets } = setUp(
      refreshing(async () => ({ secret: `t${++loaded}` })),
      refusing({ t1: fakeError('authentication') }),
    );
    await chat();
    expect(secrets()).toEqual(['t1', 't2']);
    expect(loaded).toBe(2);
  });

  test('a fresh one that is refused too is told, and the next call loads again', async () => {
    let loaded = 0;
    const { chat, secrets } = setUp(
      refreshing(async () => ({ secret: `t${++loaded}` })),
      refusing({ t1: fakeError('authentication'), t2: fakeError('authentication') }),
      10,
    );
    expect((await errorOf(chat())).code).toBe('authentication');
    expect(secrets()).toEqual(['t1', 't2']);
    await chat();
    expect(secrets()).toEqual(['t1', 't2', 't3']);
  });

  test('one that came in time for its forerunner’s end is refreshed at once when it is refused', async () => {
    let loaded = 0;
    const { chat, secrets, clock } = setUp(
      refreshing(async () => ({ secret: `t${++loaded}`, expiresInMs: 1000 })),
      refusing({ t1: fakeError('authentication'), t3: fakeError('authentication') }),
    );
    await chat();
    await clock.advance(1000);
    await chat();
    expect(secrets()).toEqual(['t1', 't2', 't3', 't4']);
  });

  test('many calls that are refused together share one refresh', async () => {
    let loaded = 0;
    const { chat, provider } = setUp(
      refreshing(async () => ({ secret: `t${++loaded}` })),
      refusing({ t1: fakeError('authentication') }),
    );
    const answers = await Promise.all(Array.from({ length: 20 }, () => chat()));
    expect(answers.every(({ text }) => text === 'ok')).toBe(true);
    expect(loaded).toBe(2);
    expect(provider.attempts.length).toBe(40);
  });

  test('other errors do not touch it', async () => {
    let loaded = 0;
    const { chat, provider } = setUp(
      refreshing(async () => ({ secret: `t${++loaded}` })),
      [fail('rate_limit')],
    );
    await errorOf(chat());
    await errorOf(chat());
    expect(loaded).toBe(1);
    expect(provider.attempts.length).toBe(2);
  });

  test('a load that fails is told to each who waits by an error of its own, and tried again by the next call', async () => {
    const { loads, load } = manualLoads();
    const { chat } = setUp(refreshing(load, { id: 'cloud token' }));
    const calls = [errorOf(chat()), errorOf(chat())];
    await settle();
    const cause = new Error('down');
    loads[0]?.reject(cause);
    const [first, second] = await Promise.all(calls);
    expect(first).toMatchObject({ code: 'authentication', cause });
    expect(first?.message).toContain('cloud token');
    expect(first).not.toBe(second);
    const again = chat();
    await settle();
    loads[1]?.resolve({ secret: 'token' });
    await again;
  });

  test('a load that hangs is given up', async () => {
    const { loads, load } = manualLoads();
    const { chat, clock } = setUp(refreshing(load, { timeoutMs: 500 }));
    const call = errorOf(chat());
    await clock.advance(500);
    expect((await call).code).toBe('authentication');
    expect(loads[0]?.signal.aborted).toBe(true);
    expect(clock.timers).toBe(0);
  });
});
