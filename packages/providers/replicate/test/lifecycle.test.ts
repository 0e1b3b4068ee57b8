import { createClient } from '@inferway/core';
import { cost, retry } from '@inferway/core/middleware';
import { virtualClock, type VirtualClock } from '@inferway/core/testing';
import { json, loopback, type Loopback } from '@inferway/provider-kit/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createReplicate } from '../src/index.js';
import { failureOf, openWorld, until, type World } from './support/world.js';

let world: World | undefined;
let server: Loopback | undefined;

afterEach(async () => {
  await world?.close();
  await server?.close();
  world = server = undefined;
});

const MODEL = 'replicate/inferway/sim-chat';
const chat = { model: MODEL, messages: [{ role: 'user', content: 'Hi.' }] } as const;
const SLOW = { pace: { ttftMs: 600_000 } };

/** A world in which nothing happens until time is let pass. */
async function slowWorld(waitSeconds: number): Promise<{ world: World; clock: VirtualClock }> {
  const clock = virtualClock({ wallTime: 1_790_000_000_000 });
  world = await openWorld({ waitSeconds }, SLOW, clock);
  return { world, clock };
}

const cancels = ({ seen }: World): string[] => seen().filter((line) => line.endsWith('/cancel'));
const running = ({ simulator }: World): string | undefined => simulator.bill.entries.at(-1)?.status;

describe('an abort', () => {
  it('while the creation is held closes the socket; the deadline went with the request', async () => {
    const { world, clock } = await slowWorld(5);
    const leaving = new AbortController();
    const failure = failureOf(
      world.client.chat(chat, { signal: leaving.signal, timeoutMs: 90_000 }),
    );
    await until(() => world.simulator.requests.length === 1 && clock.timers >= 3);
    leaving.abort();
    expect(await failure).toMatchObject({ code: 'aborted' });
    await until(() => world.simulator.requests.at(0)?.clientLeftAt !== undefined);
    expect(world.simulator.requests.at(0)?.headers).toMatchObject({
      prefer: 'wait=5',
      'cancel-after': '90s',
    });
    expect(cancels(world)).toEqual([]);
    await clock.advance(90_000);
    expect(running(world)).toBe('cancelled');
  });

  it('between two questions cancels the prediction, once', async () => {
    const { world, clock } = await slowWorld(0);
    const leaving = new AbortController();
    const failure = failureOf(world.client.chat(chat, { signal: leaving.signal }));
    await until(() => clock.timers >= 2);
    await clock.advance(1000);
    await until(() => world.seen().length >= 2);
    leaving.abort();
    expect(await failure).toMatchObject({ code: 'aborted' });
    await until(() => running(world) === 'cancelled');
    expect(cancels(world)).toHaveLength(1);
  });

  it('while it is being asked closes that socket and cancels the prediction, once', async () => {
    const hanging: string[] = [];
    server = await loopback(({ url = '' }, response) => {
      if (url === '/predictions/p1') hanging.push(url);
      else json(response, 201, { id: 'p1', status: 'processing' });
    });
    const clock = virtualClock();
    const client = createClient({ providers: [provider(server)], clock });
    const leaving = new AbortController();
    const failure = failureOf(client.chat(chat, { signal: leaving.signal }));
    await until(() => clock.timers === 1);
    await clock.advance(300);
    await until(() => hanging.length === 1);
    leaving.abort();
    expect(await failure).toMatchObject({ code: 'aborted' });
    await until(() => server?.seen.at(-1)?.url === '/predictions/p1/cancel');
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST']);
    expect(server.seen.at(-1)?.headers.authorization).toBe('Bearer r8_key_of_a_test');
  });

  it.each(['an abort', 'leaving the loop', 'cancel before the first read'])(
    'while it streams (%s) closes the stream and cancels, once',
    async (how) => {
      const clock = virtualClock();
      const open = (world = await openWorld({}, { pace: { perTokenMs: 1000 } }, clock));
      const leaving = new AbortController();
      const stream = await open.client.chat.stream(chat, { signal: leaving.signal });
      if (how === 'cancel before the first read') stream.cancel();
      else {
        const events = stream[Symbol.asyncIterator]();
        await events.next();
        const text = (async () => {
          for (let next = await events.next(); next.done !== true; next = await events.next()) {
            if (next.value.type === 'text-delta') return next.value.text;
          }
          return undefined;
        })();
        await until(() => open.seen().length === 2 && clock.timers > 0);
        await clock.advance(2000);
        expect(await text).not.toBe('');
        if (how === 'an abort') {
          leaving.abort();
          await expect(events.next()).rejects.toMatchObject({ code: 'aborted' });
        } else await events.return?.();
      }
      await until(() => running(open) === 'cancelled');
      await until(() =>
        open.simulator.requests.toArray().every(({ endedAt }) => endedAt !== undefined),
      );
      expect(cancels(open)).toHaveLength(1);
    },
  );

  it('by the call’s own deadline cancels the prediction too', async () => {
    const { world, clock } = await slowWorld(0);
    const failure = failureOf(world.client.chat(chat, { timeoutMs: 4000 }));
    await until(() => clock.timers >= 3);
    for (let second = 0; second < 5; second++) await clock.advance(1000);
    expect(await failure).toMatchObject({ code: 'timeout' });
    await until(() => cancels(world).length === 1);
  });

  it('after the end cancels nothing', async () => {
    world = await openWorld();
    const leaving = new AbortController();
    const stream = await world.client.chat.stream(chat, { signal: leaving.signal });
    await stream.text;
    leaving.abort();
    stream.cancel();
    expect(cancels(world)).toEqual([]);
  });
});

describe('a creation', () => {
  it('that may have been accepted is not asked for again', async () => {
    const clock = virtualClock();
    world = await openWorld({}, {}, clock);
    world.simulator.faults.next('reset', { protocol: 'replicate' });
    const { simulator } = world;
    const client = createClient({
      providers: [
        createReplicate({ apiKey: 'k_of_a_test', baseUrl: simulator.baseUrls.replicate }),
      ],
      middleware: [retry()],
      clock,
    });
    const failure = await failureOf(client.chat(chat));
    expect(failure).toMatchObject({
      code: 'connection',
      sent: 'maybe',
      retryable: false,
      fallbackable: true,
    });
    expect(failure.message).toContain('not asked for again');
    expect(simulator.requests.length).toBe(1);
  });

  it('that is throttled says when to come again, and is retried then', async () => {
    server = await loopback((_seen, response) => {
      json(
        response,
        429,
        { detail: 'Request was throttled. Your rate limit resets in ~30s.' },
        { 'ratelimit-remaining': '0', 'ratelimit-reset': '31' },
      );
    });
    const failure = await failureOf(createClient({ providers: [provider(server)] }).chat(chat));
    expect(failure).toMatchObject({ code: 'rate_limit', retryAfterMs: 31_000, retryable: true });
    const clock = virtualClock();
    world = await openWorld({}, { limits: { requestsPerMinute: 1 } }, clock);
    const client = createClient({
      providers: [
        createReplicate({ apiKey: 'k_of_a_test', baseUrl: world.simulator.baseUrls.replicate }),
      ],
      middleware: [retry()],
      clock,
    });
    const first = await client.chat(chat);
    expect(first.meta.rateLimit?.requests).toMatchObject({ remaining: 0, resetMs: 60_000 });
    const second = client.chat(chat);
    await until(() => world?.simulator.requests.length === 2 && clock.timers > 0);
    await clock.advance(61_000);
    expect((await second).text).not.toBe('');
    expect(world.seen()).toHaveLength(3);
  });
});

describe('asking', () => {
  it('that is refused leaves a prediction that may run and cost, and is not made again', async () => {
    let made = 0;
    server = await loopback(({ method }, response) => {
      if (method === 'POST') json(response, 201, { id: `p${++made}`, status: 'starting' });
      else json(response, 404, { detail: 'Not found.' });
    });
    const client = createClient({ providers: [provider(server)], middleware: [retry(), cost()] });
    expect(await failureOf(client.chat(chat))).toMatchObject({
      code: 'not_found',
      status: 404,
      retryable: false,
      sent: 'maybe',
      attempts: [{ billed: 'maybe' }],
    });
    expect(made).toBe(1);
  });

  it('waits longer each time, and lives with failures that pass', async () => {
    const answers: (readonly [number, object])[] = [
      [201, { id: 'p1', status: 'starting' }],
      [503, { detail: 'Busy.' }],
      [200, { id: 'p1', status: 'processing' }],
      [429, { detail: 'Request was throttled. Your rate limit resets in ~7s.' }],
      [200, { id: 'p1', status: 'succeeded', output: ['a', 'b'], metrics: { predict_time: 2 } }],
    ];
    server = await loopback((_seen, response) => {
      const [status, body] = answers.shift() ?? [500, {}];
      json(response, status, body);
    });
    const clock = virtualClock();
    const answer = createClient({ providers: [provider(server)], clock }).chat(chat);
    const waits: number[] = [];
    for (let asked = 1; asked < 5; asked++) {
      await until(() => server?.seen.length === asked && clock.timers === 1);
      const from = clock.now();
      // The wait after a throttled question is the one that was asked for, and then the usual one.
      while (server.seen.length === asked) {
        await clock.advance(50);
        await new Promise(setImmediate);
        await new Promise(setImmediate);
      }
      waits.push(clock.now() - from);
    }
    expect((await answer).text).toBe('ab');
    expect(waits[0]).toBeLessThanOrEqual(350);
    expect(waits[1]).toBeGreaterThan((waits[0] ?? 0) * 0.9);
    expect(waits[3]).toBeGreaterThanOrEqual(7000);
  });

  it('ends where the prediction cannot be had any more', async () => {
    server = await loopback(({ method, url }, response) => {
      if (url?.endsWith('/cancel') === true || method === 'GET')
        json(response, 404, { detail: 'The requested resource could not be found.' });
      else json(response, 201, { id: 'p1', status: 'starting' });
    });
    const clock = virtualClock();
    const failure = failureOf(createClient({ providers: [provider(server)], clock }).chat(chat));
    await until(() => clock.timers === 1);
    await clock.advance(300);
    expect(await failure).toMatchObject({ code: 'not_found', status: 404 });
  });

  it('never sends the key where a prediction’s own addresses point', async () => {
    const other = (server = await loopback((_seen, response) => json(response, 200, {})));
    const strange = `${other.baseUrl}/predictions/p1`;
    const main = await loopback((_seen, response) => {
      json(response, 200, {
        id: 'p1',
        status: 'succeeded',
        output: 'x',
        urls: { get: strange, cancel: strange, stream: strange },
      });
    });
    try {
      const stream = await createClient({ providers: [provider(main)] }).chat.stream(chat);
      expect(await stream.text).toBe('x');
      expect(other.seen).toEqual([]);
    } finally {
      await main.close();
    }
  });
});

function provider({ baseUrl }: Loopback): ReturnType<typeof createReplicate> {
  return createReplicate({ apiKey: 'r8_key_of_a_test', baseUrl });
}
