import { createClient, type Call, type ErrorCode, type Middleware } from '@inferway/core';
import { auth, fallback, pool, retry, timeout } from '@inferway/core/middleware';
import { circuitBreaker } from '@inferway/core/resilience';
import { fail, fakeProvider, say, virtualClock, wait, type Step } from '@inferway/core/testing';
import { afterAll, describe, expect, test } from 'vitest';

const messages = [{ role: 'user', content: 'hi' }] as const;
const figures: string[] = [];
afterAll(() => console.info(figures.join('\n')));

interface Traffic {
  readonly calls: number;
  /** So many calls are under way at a time. */
  readonly together: number;
  readonly chain: readonly Middleware[];
  /** What the providers do, by their names; those that are not named answer. */
  readonly does: Readonly<Record<string, (call: Call) => readonly Step[]>>;
}

/** Runs the traffic, each wave once the one before it is over, and counts. */
async function run({ calls, together, chain, does }: Traffic) {
  const clock = virtualClock({ seed: 11 });
  const providers = ['a', 'b'].map((name) =>
    fakeProvider({ name, script: (call) => does[name]?.(call) ?? [wait(20), ...say('ok')] }),
  );
  const client = createClient({ providers, middleware: chain, clock });
  let good = 0;
  let over = 0;
  for (let begun = 0; begun < calls;) {
    for (let i = 0; i < together && begun < calls; i++, begun++) {
      void client
        .chat({ model: 'a/m', messages })
        .then(
          () => good++,
          () => {},
        )
        .finally(() => over++);
    }
    while (over < begun) await clock.advance(50);
  }
  const attempts = providers.reduce((sum, provider) => sum + provider.attempts.length, 0);
  expect(clock.timers).toBe(0);
  return { amplification: attempts / calls, goodput: good / calls };
}

const down =
  (code: ErrorCode = 'overloaded', ms = 20) =>
  (): readonly Step[] => [wait(ms), fail(code)];

const chains: Record<string, () => readonly Middleware[]> = {
  'one target': () => [retry()],
  'one target, a pool of ten keys': () => [
    retry(),
    auth(pool(Array.from({ length: 10 }, (_, index) => `key-${index}`))),
  ],
  'one target and a breaker': () => [retry(), circuitBreaker()],
  'a fallback and a breaker': () => [fallback('b/m'), retry(), circuitBreaker()],
};

describe.each(Object.keys(chains))('with every target failing, %s', (name) => {
  test.each([
    [300, 1],
    [1000, 1],
    [3000, 1],
    [300, 32],
    [1000, 32],
    [3000, 32],
  ])('%d calls, %d at a time: at most 1.1 attempts a call', async (calls, together) => {
    for (const code of ['overloaded', 'server', 'connection', 'timeout'] as const) {
      const chain = (chains[name] as () => readonly Middleware[])();
      const does = { a: down(code), b: down(code) };
      const { amplification } = await run({ calls, together, chain, does });
      figures.push(
        `amplification, ${name}, ${code}, ${calls} calls, ${together} at a time: ${amplification.toFixed(3)}`,
      );
      expect(amplification).toBeLessThanOrEqual(1.1);
    }
  });
});

test('with half of the calls failing, a retry still helps, and there are at most 1.2 attempts a call', async () => {
  let state = 7;
  const random = (): readonly Step[] => {
    state = (state * 48_271) % 2_147_483_647;
    return state % 2 === 0 ? down()() : [wait(20), ...say('ok')];
  };
  const { amplification, goodput } = await run({
    calls: 3000,
    together: 32,
    chain: [retry()],
    does: { a: random },
  });
  figures.push(
    `half failing: amplification ${amplification.toFixed(3)}, goodput ${goodput.toFixed(3)}`,
  );
  expect(amplification).toBeLessThanOrEqual(1.2);
  expect(goodput).toBeGreaterThan(0.55);
});

describe('with the primary down and a healthy fallback', () => {
  const failures: Record<string, () => readonly Step[]> = {
    refuses: down(),
    'cannot be reached': down('connection', 5),
    'answers after ten seconds with an error': down('server', 10_000),
    'never answers': () => [wait(3_600_000), fail('server')],
    'accepts streams and breaks': () => [...say('x').slice(0, 3), fail('stream_interrupted')],
  };
  test.each(Object.keys(failures))('that %s: every call is answered', async (name) => {
    for (const [calls, together] of [
      [300, 1],
      [1000, 32],
      [3000, 32],
    ] as const) {
      const chain = [
        fallback('b/m'),
        retry({ attempts: 2 }),
        circuitBreaker(),
        timeout({ firstEventMs: 30_000 }),
      ];
      const { goodput, amplification } = await run({
        calls,
        together,
        chain,
        does: { a: failures[name] as () => readonly Step[] },
      });
      figures.push(
        `goodput, primary ${name}, ${calls} calls, ${together} at a time: ${goodput.toFixed(4)} (attempts a call ${amplification.toFixed(3)})`,
      );
      expect(goodput).toBeGreaterThanOrEqual(0.999);
    }
  });
});

test('without a breaker the fallback answers every call, too', async () => {
  const { goodput } = await run({
    calls: 1000,
    together: 32,
    chain: [fallback('b/m'), retry()],
    does: { a: down() },
  });
  figures.push(`goodput, no breaker: ${goodput.toFixed(4)}`);
  expect(goodput).toBe(1);
});
