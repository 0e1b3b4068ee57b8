import type { Clock } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSimulator } from '../src/index.js';
import { RateLimiter } from '../src/limits/rate-limiter.js';

function manualClock(): Clock & { time: number } {
  return {
    time: 0,
    now() {
      return this.time;
    },
    wallTime: () => 0,
    random: () => 0,
    setTimer: () => undefined,
    clearTimer: () => undefined,
  };
}

const NOTHING = { inputTokens: 0, outputTokens: 0 };

describe('rate limits', () => {
  it('let no more through in a minute than the limit and what flowed back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 200 }),
        (limit, gaps) => {
          const clock = manualClock();
          const limiter = new RateLimiter(clock);
          const admitted: number[] = [];
          for (const gap of gaps) {
            clock.time += gap;
            const { denied } = limiter.admit('k', { requestsPerMinute: limit }, NOTHING);
            if (denied === undefined) admitted.push(clock.time);
            else expect(denied.retryAfterMs).toBeGreaterThan(0);
          }
          for (const start of admitted) {
            const within = admitted.filter((at) => at >= start && at < start + 60_000).length;
            expect(within).toBeLessThanOrEqual(2 * limit);
          }
        },
      ),
    );
  });

  it('let a request in after the wait that they told', () => {
    const clock = manualClock();
    const limiter = new RateLimiter(clock);
    const admit = (): number | undefined =>
      limiter.admit('k', { requestsPerMinute: 3 }, NOTHING).denied?.retryAfterMs;
    expect([admit(), admit(), admit()]).toEqual([undefined, undefined, undefined]);
    const wait = admit() ?? 0;
    expect(wait).toBeCloseTo(20_000, 3);
    clock.time += wait - 1;
    expect(admit()).toBeGreaterThan(0);
    clock.time += 1.001;
    expect(admit()).toBeUndefined();
  });

  it('take nothing for a request that is not let in', () => {
    const clock = manualClock();
    const limiter = new RateLimiter(clock);
    const limits = { requestsPerMinute: 10, tokensPerMinute: 100 };
    const big = limiter.admit('k', limits, { inputTokens: 60, outputTokens: 0 });
    expect(big.denied).toBeUndefined();
    for (let count = 0; count < 20; count++) {
      const refused = limiter.admit('k', limits, { inputTokens: 60, outputTokens: 0 });
      expect(refused.denied?.state.name).toBe('tokens');
      refused.settle(NOTHING);
    }
    const { states } = limiter.admit('k', limits, { inputTokens: 40, outputTokens: 0 });
    expect(states).toMatchObject([
      { name: 'requests', limit: 10, remaining: 8 },
      { name: 'tokens', limit: 100, remaining: 0 },
    ]);
  });

  it('give back what was claimed and not used', () => {
    const clock = manualClock();
    const limiter = new RateLimiter(clock);
    const limits = { outputTokensPerMinute: 100 };
    const first = limiter.admit('k', limits, { inputTokens: 5, outputTokens: 100 });
    expect(limiter.admit('k', limits, { inputTokens: 5, outputTokens: 50 }).denied).toBeDefined();
    first.settle({ inputTokens: 5, outputTokens: 10 });
    expect(limiter.admit('k', limits, { inputTokens: 5, outputTokens: 50 }).denied).toBeUndefined();
  });

  it('are kept apart for each credential and model', () => {
    const limiter = new RateLimiter(manualClock());
    const admit = (scope: string): boolean =>
      limiter.admit(scope, { requestsPerMinute: 1 }, NOTHING).denied === undefined;
    expect([admit('a'), admit('b'), admit('a')]).toEqual([true, true, false]);
  });
});

describe('limits of a simulator', () => {
  const remaining = async (fault: string | undefined): Promise<number[]> => {
    const simulator = createSimulator({ limits: { tokensPerMinute: 60_000 } });
    await simulator.listen();
    const send = async (maxTokens: number): Promise<number> => {
      const response = await fetch(`${simulator.baseUrls.openai}/chat/completions`, {
        method: 'POST',
        headers: {
          authorization: 'Bearer k',
          ...(fault === undefined ? {} : { 'x-simulate-fault': fault }),
        },
        body: JSON.stringify({
          model: 'sim-chat',
          max_tokens: maxTokens,
          messages: [{ role: 'user', content: 'Answer in 5 words.' }],
        }),
      });
      await response.text();
      return Number(response.headers.get('x-ratelimit-remaining-tokens'));
    };
    const seen = [await send(30_000), await send(10)];
    await simulator.close();
    return seen;
  };

  it('hold what a request may use while it runs and what it used afterwards', async () => {
    const [first = 0, second = 0] = await remaining(undefined);
    expect(first).toBeLessThan(30_000);
    expect(second).toBeGreaterThan(59_000);
  });

  it('give everything back where a fault stood in the model’s place', async () => {
    const [first = 0, second = 0] = await remaining('status-500');
    expect(first).toBeLessThan(30_000);
    expect(second).toBeGreaterThan(59_000);
  });
});
