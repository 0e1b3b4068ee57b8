import { createClient, listen, type CallOptions, type ChainEvent } from '@inferway/core';
import { circuitBreaker, type CircuitBreakerOptions } from '@inferway/core/resilience';
import { memoryHealth, type HealthStore } from '@inferway/core/stores';
import {
  fail,
  fakeProvider,
  say,
  settle,
  virtualClock,
  wait,
  type Step,
  type VirtualClock,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { countingSignal, errorOf } from '../helpers.js';

const messages = [{ role: 'user', content: 'hi' }] as const;

/** A process: a chain of its own on a store that others may use too. */
function startProcess(
  clock: VirtualClock,
  health: HealthStore,
  options: CircuitBreakerOptions = {},
) {
  let steps: readonly Step[] = say('ok');
  const provider = fakeProvider({ script: () => steps });
  const changes: string[] = [];
  const events: ChainEvent[] = [];
  const breaker = circuitBreaker({
    health,
    onChange: ({ state, reason }) => changes.push(`${state} (${reason})`),
    ...options,
  });
  const client = createClient({ providers: [provider], middleware: [breaker], clock });
  const chat = (call: CallOptions = {}) =>
    client.chat(
      { model: 'fake/m', messages },
      { state: (state) => listen(state, (event) => events.push(event)), ...call },
    );
  return {
    chat,
    changes,
    events,
    breaker,
    provider,
    does: (...next: Step[]) => (steps = next),
    /** `ok`, or the code of the error. */
    async tries() {
      return chat().then(
        () => 'ok',
        (error: { code: string; sent?: string }) => (error.sent === 'no' ? 'refused' : error.code),
      );
    },
    async failing(times: number) {
      steps = [fail('server')];
      for (let i = 0; i < times; i++) await errorOf(chat());
    },
  };
}

/** A store over a network: every answer takes a while. */
function slowly(store: HealthStore, clock: VirtualClock, ms: number): HealthStore {
  const later = <T>(work: () => T): Promise<Awaited<T>> =>
    new Promise((resolve) => {
      clock.setTimer(() => resolve(work() as Awaited<T>), ms);
    });
  return {
    mark: (...given) => later(() => store.mark(...given)) as Promise<void>,
    clear: (...given) => later(() => store.clear(...given)) as Promise<void>,
    read: (keys) => later(() => store.read(keys)),
    claim: (...given) => later(() => store.claim(...given)),
  };
}

/** Without pushed marks, so that the intervals show. */
const unwatched = (store: HealthStore): HealthStore => ({ ...store, watch: undefined as never });

describe('two processes on one store', () => {
  test('one learns within a second that the other’s breaker is open, without a failure of its own', async () => {
    const clock = virtualClock();
    const health = unwatched(memoryHealth({ clock }));
    const [a, b] = [startProcess(clock, health), startProcess(clock, health)];
    expect(await b.tries()).toBe('ok');
    await a.failing(5);
    expect(await b.tries()).toBe('ok');
    await clock.advance(1000);
    expect(await b.tries()).toBe('refused');
    expect(b.changes).toEqual(['open (server)']);
    expect(b.events).toContainEqual(expect.objectContaining({ type: 'breaker', state: 'open' }));
    expect((await errorOf(b.chat())).retryAfterMs).toBe(9000);
    expect(clock.timers).toBe(0);
  });

  test('at once where the store pushes marks', async () => {
    const clock = virtualClock();
    const health = memoryHealth({ clock });
    const [a, b] = [startProcess(clock, health), startProcess(clock, health)];
    await b.tries();
    await a.failing(5);
    expect(await b.tries()).toBe('refused');
    b.breaker.close();
    await clock.advance(10_000);
    a.does(...say('ok'));
    expect(await a.tries()).toBe('ok');
    expect(b.changes).toEqual(['open (server)']);
  });

  test('each time anew: what was closed again elsewhere may open again', async () => {
    const clock = virtualClock();
    const health = unwatched(memoryHealth({ clock }));
    const [a, b] = [startProcess(clock, health), startProcess(clock, health)];
    for (let round = 0; round < 3; round++) {
      expect(await b.tries()).toBe('ok');
      await a.failing(5);
      await clock.advance(1000);
      // Asks behind the call.
      await b.tries();
      expect(await b.tries()).toBe('refused');
      await clock.advance(9000);
      a.does(...say('ok'));
      while (a.changes.at(-1)?.startsWith('closed') !== true) {
        await a.tries();
        await clock.advance(100);
      }
      await clock.advance(1000);
      await b.tries();
    }
    expect(b.changes.filter((change) => change === 'open (server)')).toHaveLength(3);
    expect(b.changes.filter((change) => change === 'closed (elsewhere)')).toHaveLength(3);
  });

  test('one probe is made over both; when it succeeds, both are closed', async () => {
    const clock = virtualClock();
    const health = unwatched(memoryHealth({ clock }));
    const [a, b] = [startProcess(clock, health), startProcess(clock, health)];
    await b.tries();
    await a.failing(5);
    await clock.advance(1000);
    await b.tries();
    await clock.advance(9000);
    a.does(wait(500), ...say('ok'));
    b.does(...say('ok'));
    const probe = a.tries();
    await settle();
    expect([await b.tries(), await a.tries()]).toEqual(['refused', 'refused']);
    await clock.advance(500);
    expect(await probe).toBe('ok');
    await clock.advance(1000);
    expect([await b.tries(), await b.tries()]).toEqual(['ok', 'ok']);
    expect(b.changes).toEqual(['open (server)', 'half-open (time)', 'closed (elsewhere)']);
    expect([a.provider.attempts.length, b.provider.attempts.length]).toEqual([5 + 1, 1 + 2]);
  });

  test('when the probe fails, both stay open, for longer', async () => {
    const clock = virtualClock();
    const health = unwatched(memoryHealth({ clock }));
    const [a, b] = [startProcess(clock, health), startProcess(clock, health)];
    await b.tries();
    await a.failing(5);
    await clock.advance(1000);
    await b.tries();
    await clock.advance(9000);
    await a.failing(1);
    await clock.advance(1000);
    expect(await b.tries()).toBe('refused');
    expect((await errorOf(b.chat())).retryAfterMs).toBe(19_000);
    expect(b.provider.attempts.length).toBe(1);
  });

  test('a place that a cancelled probe left is used by the next call of the same process', async () => {
    const clock = virtualClock();
    const health = unwatched(memoryHealth({ clock }));
    const a = startProcess(clock, health);
    await a.failing(5);
    await clock.advance(10_000);
    a.does(wait(60_000));
    const { controller, signal, count } = countingSignal();
    const probe = errorOf(a.chat({ signal }));
    await settle();
    controller.abort();
    expect((await probe).code).toBe('aborted');
    await settle();
    a.does(...say('ok'));
    expect(await a.tries()).toBe('ok');
    expect([clock.timers, count()]).toEqual([0, 0]);
  });

  test('a process that starts while others probe does not flood the target', async () => {
    const clock = virtualClock();
    const health = unwatched(memoryHealth({ clock }));
    const a = startProcess(clock, health);
    await a.failing(5);
    await clock.advance(10_000);
    a.does(wait(5000), ...say('ok'));
    const probe = a.tries();
    await settle();
    const late = startProcess(clock, health);
    expect(await Promise.all([late.tries(), late.tries()])).toEqual(['refused', 'refused']);
    await clock.advance(5000);
    expect(await probe).toBe('ok');
    expect(await late.tries()).toBe('ok');
  });

  test('over a network no call waits for the store, but for a probe', async () => {
    const clock = virtualClock();
    const health = slowly(memoryHealth({ clock }), clock, 20);
    const [a, b] = [startProcess(clock, health), startProcess(clock, health)];
    expect(await b.tries()).toBe('ok');
    await a.failing(5);
    expect(clock.now()).toBe(0);
    await clock.advance(1000);
    // This one asks behind itself, the next one knows.
    expect(await b.tries()).toBe('ok');
    await clock.advance(20);
    expect(await b.tries()).toBe('refused');
    await clock.advance(10_000);
    b.does(...say('ok'));
    const probe = b.tries();
    await clock.advance(20);
    expect(await probe).toBe('ok');
  });
});

describe('a store that is ill hurts no call', () => {
  const never = new Promise<never>(() => {});
  const ill: Record<string, HealthStore> = {
    throws: {
      mark: () => {
        throw new Error('down');
      },
      clear: () => {
        throw new Error('down');
      },
      read: () => {
        throw new Error('down');
      },
      claim: () => {
        throw new Error('down');
      },
      watch: () => {
        throw new Error('down');
      },
    },
    rejects: {
      mark: async () => Promise.reject(new Error('down')),
      clear: async () => Promise.reject(new Error('down')),
      read: async () => Promise.reject(new Error('down')),
      claim: async () => Promise.reject(new Error('down')),
    },
    hangs: { mark: () => never, clear: () => never, read: () => never, claim: () => never },
    babbles: {
      mark: () => {},
      clear: () => {},
      read: () => [{ key: 'x', leftMs: Number.NaN, reason: 'x' }, 7] as never,
      claim: () => 'yes' as never,
    },
  };

  test.each(Object.keys(ill))(
    'one that %s: the breaker works on what it saw itself',
    async (name) => {
      const clock = virtualClock();
      const a = startProcess(clock, ill[name] as HealthStore);
      const inTime = async (work: Promise<string>): Promise<string> => {
        await clock.advance(50);
        return work;
      };
      expect(await inTime(a.tries())).toBe('ok');
      await a.failing(5);
      expect(await inTime(a.tries())).toBe('refused');
      await clock.advance(10_000);
      a.does(...say('ok'));
      expect(await inTime(a.tries())).toBe('ok');
      expect(await inTime(a.tries())).toBe('ok');
      await clock.advance(1000);
      expect(clock.timers).toBe(0);
    },
  );

  test('one that hangs while a probe asks for its place: an abort ends the wait', async () => {
    const clock = virtualClock();
    const a = startProcess(clock, {
      ...(ill['hangs'] as HealthStore),
      read: (keys) => keys.map(() => undefined),
    });
    await a.failing(5);
    await clock.advance(10_000);
    const { controller, signal } = countingSignal();
    const probe = errorOf(a.chat({ signal }));
    await settle();
    controller.abort();
    expect((await probe).code).toBe('aborted');
    await clock.advance(50);
    expect([clock.timers, a.provider.attempts.length]).toEqual([0, 5]);
  });

  test('one that says everything is open for ever, and gives no place: the target is tried all the same, and then believed', async () => {
    const clock = virtualClock();
    const lying: HealthStore = {
      mark: () => {},
      clear: () => {},
      read: (keys) => keys.map((key) => ({ key, leftMs: 1e12, reason: 'a lie' })),
      claim: () => false,
    };
    const a = startProcess(clock, lying, { maxOpenMs: 60_000, probeMs: 5000 });
    expect(await a.tries()).toBe('refused');
    await clock.advance(60_000);
    let waited = 0;
    while ((await a.tries()) !== 'ok' && waited < 30_000) {
      await clock.advance(1000);
      waited += 1000;
    }
    expect(waited).toBeLessThanOrEqual(11_000);
    for (let i = 0; i < 100; i++) {
      await clock.advance(1000);
      expect(await a.tries()).toBe('ok');
    }
  });

  test('one that lost everything does not close what this process knows to fail', async () => {
    const clock = virtualClock();
    const a = startProcess(clock, {
      mark: () => {},
      clear: () => {},
      read: (keys) => keys.map(() => undefined),
      claim: () => true,
    });
    await a.failing(5);
    for (let i = 0; i < 9; i++) {
      await clock.advance(1000);
      expect(await a.tries()).toBe('refused');
    }
    expect(a.provider.attempts.length).toBe(5);
  });
});
