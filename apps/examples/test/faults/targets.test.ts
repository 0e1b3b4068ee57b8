import { fallback, retry, timeout } from '@inferway/core/middleware';
import { circuitBreaker } from '@inferway/core/resilience';
import { jsonAnswer } from '@inferway/provider-kit/testing';
import { describe, expect, test } from 'vitest';
import { always, ask, codeOf, COSTS, OK, start, streamed, type Rig } from './rig.js';

const refused = (status: number, body: object = { error: { message: 'x' } }) =>
  always(jsonAnswer(status, body));
const asked = ({ first, second }: Rig): readonly number[] => [
  first.requests.length,
  second.requests.length,
];

describe('what a status leads to in the whole chain (F50)', () => {
  // Requests at the first and at the second provider, and what the caller gets.
  test.each([
    [408, 3, 1, 'ok'],
    [409, 3, 1, 'ok'],
    [425, 3, 1, 'ok'],
    [429, 3, 1, 'ok'],
    [500, 3, 1, 'ok'],
    [502, 3, 1, 'ok'],
    [503, 3, 1, 'ok'],
    [504, 3, 1, 'ok'],
    [529, 3, 1, 'ok'],
    [401, 1, 1, 'ok'],
    [402, 1, 1, 'ok'],
    [403, 1, 1, 'ok'],
    [400, 1, 0, 'invalid_request'],
    [404, 1, 0, 'not_found'],
    [405, 1, 0, 'unsupported'],
    [410, 1, 0, 'not_found'],
    [413, 1, 0, 'too_large'],
    [422, 1, 0, 'invalid_request'],
    [501, 1, 0, 'unsupported'],
    [505, 1, 0, 'unsupported'],
    [307, 1, 0, 'protocol'],
  ])(
    'F50: %i is asked for %i times, then elsewhere %i times: %s',
    async (status, first, second, code) => {
      const rig = await start({ first: refused(status) });
      expect([await codeOf(rig.client.chat(ask)), ...asked(rig)]).toEqual([code, first, second]);
      // Each attempt is in the books once, at the price of its own provider; refusals cost nothing.
      await rig.flush();
      const sums = await rig.books.sum({}, ['provider']);
      const spent = Object.fromEntries(
        sums.map(({ group, attempts, cost }) => [group.provider, [attempts, cost]]),
      );
      expect(spent).toEqual({
        first: [first, 0],
        ...(second > 0 && { second: [second, COSTS.second] }),
      });
      expect((await rig.budget.states())[0]).toMatchObject({
        spent: second * COSTS.second,
        reserved: 0,
      });
    },
  );
});

test('a model that is not there leads on by a rule, and is in the books of both (F50)', async () => {
  const rig = await start({
    first: refused(404),
    layers: {
      fallback: fallback({
        targets: ['second/m'],
        on: (error) => error.fallbackable || error.code === 'not_found',
      }),
    },
  });
  expect([await codeOf(rig.client.chat(ask)), ...asked(rig)]).toEqual(['ok', 1, 1]);
  await rig.flush();
  expect((await rig.books.sum({}))[0]).toMatchObject({ attempts: 2, cost: COSTS.second });
});

describe('an outage (F49)', () => {
  test.each([503, 529])(
    'of all targets with %i is not amplified: at most 1.1 requests a call at each of them (F49)',
    async (status) => {
      const CALLS = 1000;
      // Without a breaker, which would only ask less.
      const rig = await start({
        first: refused(status),
        second: refused(status),
        layers: { breaker: false, coalesce: false },
      });
      for (let begun = 0; begun < CALLS; begun += 50) {
        const wave = Array.from({ length: 50 }, () => codeOf(rig.client.chat(ask)));
        expect(new Set(await Promise.all(wave))).toEqual(new Set(['overloaded']));
      }
      const [first = 0, second = 0] = asked(rig);
      console.info(
        `F49: ${CALLS} calls while all targets answer ${status}: ${(first / CALLS).toFixed(3)} requests a call at the first, ${(second / CALLS).toFixed(3)} at the second`,
      );
      expect(first / CALLS).toBeLessThanOrEqual(1.1);
      expect(second / CALLS).toBeLessThanOrEqual(1.1);
    },
  );

  test('of the first target costs no call: goodput of at least 99.9 % with a healthy second (F49)', async () => {
    const CALLS = 3000;
    const rig = await start({ first: refused(503), layers: { coalesce: false } });
    let good = 0;
    for (let begun = 0; begun < CALLS; begun += 50) {
      const wave = Array.from({ length: 50 }, () => codeOf(rig.client.chat(ask)));
      good += (await Promise.all(wave)).filter((code) => code === 'ok').length;
    }
    const [first = 0, second = 0] = asked(rig);
    console.info(
      `F49: first target down: goodput ${((good / CALLS) * 100).toFixed(2)} % of ${CALLS} calls, ${first} requests to the dead one, ${second} to the other`,
    );
    expect(good / CALLS).toBeGreaterThanOrEqual(0.999);
    // Its breaker opens: almost nobody waits for the dead one.
    expect(first).toBeLessThan(CALLS / 10);
  });

  test('of the first target that comes and goes costs no call either (F49)', async () => {
    let down = false;
    const bad = jsonAnswer(503, { error: { message: 'x' } });
    const rig = await start({
      first: async (connection) => {
        while ((await connection.request()) !== undefined) await connection.write(down ? bad : OK);
      },
      layers: { coalesce: false, breaker: circuitBreaker({ openMs: 5 }) },
    });
    let good = 0;
    for (let wave = 0; wave < 40; wave++) {
      down = wave % 4 < 2;
      const codes = await Promise.all(
        Array.from({ length: 25 }, () => codeOf(rig.client.chat(ask))),
      );
      good += codes.filter((code) => code === 'ok').length;
    }
    expect(good).toBe(1000);
  });
});

describe('a context that is full (F58)', () => {
  const full = refused(400, { error: { code: 'context_length_exceeded', message: 'too long' } });

  test('is not tried again and goes nowhere by itself (F58)', async () => {
    const rig = await start({ first: full });
    expect([await codeOf(rig.client.chat(ask)), ...asked(rig)]).toEqual(['context_length', 1, 0]);
  });

  test('goes to a model with a larger one where a rule says so, and is paid at its price (F58)', async () => {
    const rig = await start({
      first: full,
      layers: {
        fallback: fallback({
          targets: [{ model: 'second/large', when: ({ code }) => code === 'context_length' }],
        }),
      },
    });
    expect([await codeOf(rig.client.chat(ask)), ...asked(rig)]).toEqual(['ok', 1, 1]);
    await rig.flush();
    expect((await rig.books.sum({}))[0]).toMatchObject({ attempts: 2, cost: COSTS.second });
  });
});

describe('a stream that breaks, without a fallback (F61)', () => {
  test('before its first content it is tried again by the same rules as any call, and then told (F61)', async () => {
    const rig = await start({
      first: streamed(0, (end) => end()),
      layers: { fallback: false, retry: retry({ attempts: 2, baseMs: 1 }) },
    });
    expect(await codeOf(rig.client.chat.stream(ask))).toMatch(/connection|stream_interrupted/u);
    expect(asked(rig)).toEqual([2, 0]);
  });

  test('after it nothing is tried again: what came is in the error and on the bill (F61)', async () => {
    const rig = await start({
      first: streamed(2, async (end) => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        end();
      }),
      layers: { fallback: false },
    });
    const stream = await rig.client.chat.stream(ask);
    const error = await stream.result.then(
      () => undefined,
      (reason: { code: string; partial: unknown }) => reason,
    );
    expect(error?.code).toMatch(/connection|stream_interrupted/u);
    expect(JSON.stringify(error?.partial)).toContain('word0 word1 ');
    expect(asked(rig)).toEqual([1, 0]);
    await rig.flush();
    const [row] = (await rig.books.rows({})).rows;
    expect(row).toMatchObject({ status: 'failed', costSource: 'estimate' });
    expect((await rig.budget.states())[0]).toMatchObject({ spent: row?.cost, reserved: 0 });
  });

  test('silence in the middle is such a break: the idle limit ends it, with what came (F61)', async () => {
    const rig = await start({
      first: streamed(2),
      layers: { fallback: false, timeout: timeout({ idleContentMs: 60, idleBytesMs: 60 }) },
    });
    const stream = await rig.client.chat.stream(ask);
    expect(await codeOf(stream.result)).toBe('timeout');
    expect(asked(rig)).toEqual([1, 0]);
  });
});
