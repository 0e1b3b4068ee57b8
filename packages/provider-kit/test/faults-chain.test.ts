import { createClient, type Middleware } from '@inferway/core';
import { auth, fallback, pool, retry, timeout } from '@inferway/core/middleware';
import { circuitBreaker } from '@inferway/core/resilience';
import { virtualClock } from '@inferway/core/testing';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  chunk,
  jsonAnswer,
  streamHead,
  type FaultServer,
  type Scenario,
} from '../src/testing/index.js';
import { failureOf } from './support/failure.js';
import { always, LineBench } from './support/line-provider.js';

const bench = new LineBench();
afterEach(async () => {
  await bench.close();
});

const OK = jsonAnswer(200, { text: 'ok' });
const quick = { baseMs: 1, maxMs: 2 };
const input = { messages: [{ role: 'user', content: 'hi' }] } as const;

/** Answers the requests in turn, over all connections; the last answer goes on. */
function inTurn(...answers: readonly (string | Uint8Array)[]): Scenario {
  let asked = 0;
  return async (connection) => {
    while ((await connection.request()) !== undefined) {
      await connection.write(answers[Math.min(asked++, answers.length - 1)] ?? OK);
    }
  };
}

/** A primary `line/m` that does as told and a spare `spare/m` that answers. */
async function start(primary: Scenario, middleware: readonly Middleware[], clock = virtualClock()) {
  const server = await bench.serve(primary);
  const other = await bench.serve(always(OK));
  const providers = [bench.provide(server), bench.provide(other, { name: 'spare' as 'line' })];
  const real = createClient({ providers, middleware });
  const still = createClient({ providers, middleware, clock });
  return { server, other, clock, real, still };
}

const after = (status: number, headers: Readonly<Record<string, string>>, body: object = {}) =>
  jsonAnswer(status, body, headers);

describe('what the wait is (F44 to F47)', () => {
  /** How long the chain waits after this refusal; `undefined` where it fails at once. */
  async function waitAfter(
    headers: Readonly<Record<string, string>>,
    wallTime = 0,
    timeoutMs?: number,
  ) {
    const clock = virtualClock({ wallTime });
    const { still, server } = await start(
      inTurn(after(429, headers), OK),
      [retry({ ...quick })],
      clock,
    );
    const call = still.send('chat', input, { model: 'line/m', stream: false, timeoutMs });
    const failed = call.then(
      () => undefined,
      (error: unknown) => error,
    );
    const timers = timeoutMs === undefined ? 0 : 1;
    const ended = await Promise.race([
      failed,
      vi.waitFor(
        () => {
          if (clock.timers <= timers) throw new Error('not yet');
          return 'waits';
        },
        { timeout: 5000, interval: 2 },
      ),
    ]);
    if (ended !== 'waits')
      return { error: ended as { retryAfterMs?: number }, requests: server.requests.length };
    let waited = 0;
    for (; server.requests.length < 2 && waited < 90_000; waited += 1000) {
      await clock.advance(1000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await call;
    return { waited };
  }

  it('F44, F45: the longer of both headers, once', async () => {
    expect(await waitAfter({ 'retry-after': '2' })).toEqual({ waited: 2000 });
    expect(await waitAfter({ 'retry-after-ms': '0', 'retry-after': '30' })).toEqual({
      waited: 30_000,
    });
  });

  it('F45, F46: what cannot be waited fails at once, with the value', async () => {
    const late = await waitAfter({ 'retry-after': '30' }, 0, 5000);
    expect(late).toMatchObject({
      error: { code: 'rate_limit', retryAfterMs: 30_000 },
      requests: 1,
    });
    const days = await waitAfter({ 'retry-after': '259200' });
    expect(days).toMatchObject({ error: { retryAfterMs: 259_200_000 }, requests: 1 });
  });

  it.each([
    ['past', 'Fri, 20 Nov 2026 09:59:00 GMT'],
    ['negative', '-5'],
    ['text', 'soon'],
    ['beyond a timer', '99999999999'],
  ])('F47: one that is %s is none', async (_, value) => {
    expect(
      await waitAfter({ 'retry-after': value, date: 'Sat, 21 Nov 2026 10:00:00 GMT' }),
    ).toEqual({ waited: 1000 });
  });

  it.each([-3_600_000, 0, 3_600_000])(
    'F47: a date counts from the answer’s own, with our clock off by %d ms',
    async (skew) => {
      const sent = Date.parse('Sat, 21 Nov 2026 10:00:00 GMT');
      const headers = {
        date: 'Sat, 21 Nov 2026 10:00:00 GMT',
        'retry-after': 'Sat, 21 Nov 2026 10:00:07 GMT',
      };
      expect(await waitAfter(headers, sent + skew)).toEqual({ waited: 7000 });
    },
  );

  it('F46: the fallback answers at once', async () => {
    const primary = always(after(429, { 'retry-after': '259200' }));
    const { still, server, other } = await start(primary, [fallback('spare/m'), retry()]);
    await still.send('chat', input, { model: 'line/m', stream: false });
    expect([server.requests.length, other.requests.length]).toEqual([1, 1]);
  });
});

it('F48: a key whose quota is used up is parked, also when another call comes later, and no key is asked twice', async () => {
  const scenario: Scenario = async (connection) => {
    for (
      let request = await connection.request();
      request !== undefined;
      request = await connection.request()
    ) {
      const empty = request.headers['authorization'] === 'Bearer key-one';
      await connection.write(
        empty ? after(429, {}, { error: { code: 'insufficient_quota', message: 'x' } }) : OK,
      );
    }
  };
  const { still, server, clock } = await start(scenario, [
    retry(),
    auth(pool(['key-one', 'key-two'])),
  ]);
  const keys = async (): Promise<string[]> => {
    await still.send('chat', input, { model: 'line/m', stream: false });
    return server.requests
      .splice(0)
      .map(({ headers }) => headers['authorization']?.slice(-3) ?? '');
  };
  expect(await keys()).toEqual(['one', 'two']);
  expect(await keys()).toEqual(['two']);
  await clock.advance(599_000);
  expect(await keys()).toEqual(['two']);
});

describe.each([503, 529])('F49: a burst of %i', (status) => {
  it.each([
    [300, 1],
    [1000, 32],
  ])('over %d calls, %d at a time: at most 1.1 requests a call', async (calls, together) => {
    const { real, server } = await start(always(after(status, {})), [retry(quick)]);
    for (let begun = 0; begun < calls; begun += together) {
      const wave = Math.min(together, calls - begun);
      await Promise.allSettled(
        Array.from({ length: wave }, () =>
          real.send('chat', input, { model: 'line/m', stream: false }),
        ),
      );
    }
    const amplification = server.requests.length / calls;
    console.info(
      `F49: ${status}, ${calls} calls, ${together} at a time: ${amplification.toFixed(3)} requests a call`,
    );
    expect(amplification).toBeLessThanOrEqual(1.1);
  });
});

it.each([
  [503, 'false', 1],
  [429, 'false', 1],
  [400, 'true', 3],
  [401, 'true', 1],
])('F51: %i with x-should-retry: %s is asked for %i times', async (status, told, requests) => {
  const { real, server } = await start(always(after(status, { 'x-should-retry': told })), [
    retry(quick),
  ]);
  await failureOf(real.send('chat', input, { model: 'line/m', stream: false }));
  expect(server.requests.length).toBe(requests);
});

it('F55: where nobody listens the fallback answers, and soon without asking first', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  taken.close();
  await once(taken, 'close');
  const other = await bench.serve(always(OK));
  const providers = [
    bench.provide({ origin: `http://127.0.0.1:${port}` }),
    bench.provide(other, { name: 'spare' as 'line' }),
  ];
  const middleware = [
    fallback('spare/m'),
    retry(quick),
    circuitBreaker(),
    timeout({ connectMs: 1000 }),
  ];
  const client = createClient({ providers, middleware });
  let attempts = 0;
  for (let i = 0; i < 100; i++) {
    const { meta } = await client.send('chat', input, { model: 'line/m', stream: false });
    expect(meta.provider).toBe('spare');
    attempts += meta.attempts?.length ?? 0;
  }
  expect(attempts).toBe(100 + 5);
});

it('F58: a full context window is not tried again, and leads only where a rule says so', async () => {
  const full = always(
    after(400, {}, { error: { code: 'context_length_exceeded', message: 'too long' } }),
  );
  const plain = await start(full, [fallback('spare/m'), retry(quick)]);
  const error = await failureOf(plain.real.send('chat', input, { model: 'line/m', stream: false }));
  expect([error.code, plain.server.requests.length, plain.other.requests.length]).toEqual([
    'context_length',
    1,
    0,
  ]);
  const when = ({ code }: { code: string }): boolean => code === 'context_length';
  const ruled = await start(full, [
    fallback({ targets: [{ model: 'spare/m', when }] }),
    retry(quick),
  ]);
  await ruled.real.send('chat', input, { model: 'line/m', stream: false });
  expect([ruled.server.requests.length, ruled.other.requests.length]).toEqual([1, 1]);
});

describe('a stream that breaks (F59 to F61)', () => {
  const broken =
    (events: number): Scenario =>
    async (connection) => {
      await connection.request();
      await connection.write(streamHead());
      for (let i = 0; i < events; i++) await connection.write(chunk(`data: {"text":"word "}\n\n`));
      await new Promise((resolve) => setTimeout(resolve, 30));
      connection.socket.resetAndDestroy();
    };
  const requestsOf = (...servers: readonly FaultServer[]) =>
    servers.map(({ requests }) => requests.length);

  it('F59, F61: after its first content nobody else is asked, and what came is in the error', async () => {
    const { real, server, other } = await start(broken(2), [
      fallback('spare/m'),
      retry(quick),
      circuitBreaker(),
    ]);
    const reply = await real.chat.stream({ model: 'line/m', ...input });
    const error = await failureOf(reply.text as unknown as Promise<string>);
    expect(error.code).toMatch(/connection|stream_interrupted/u);
    expect(JSON.stringify(error.partial)).toContain('word ');
    expect(requestsOf(server, other)).toEqual([1, 0]);
  });

  it('F61: before it the same is tried again and, without a fallback, told', async () => {
    const { real, server } = await start(broken(0), [retry({ ...quick, attempts: 2 })]);
    await failureOf(real.chat.stream({ model: 'line/m', ...input }));
    expect(server.requests.length).toBe(2);
  });

  it('F60: where primary and fallback fail the first error tells of both', async () => {
    const primary = always(after(500, {}, { error: { message: 'the first' } }));
    const { real, other } = await start(primary, [
      fallback('spare/m', 'line/other'),
      retry({ ...quick, attempts: 1 }),
    ]);
    await other.close();
    const error = await failureOf(real.send('chat', input, { model: 'line/m', stream: false }));
    expect(error.message).toContain('the first');
    expect(error.failures?.map(({ provider, model, code }) => [provider, model, code])).toEqual([
      ['line', 'm', 'server'],
      ['spare', 'm', 'connection'],
      ['line', 'other', 'server'],
    ]);
    // The request that never left for the spare was tried once more.
    expect(error.attempts?.length).toBe(4);
  });
});
