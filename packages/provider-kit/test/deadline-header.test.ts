import { createClient, type CallOptions, type Middleware } from '@inferway/core';
import { retry, timeout } from '@inferway/core/middleware';
import { virtualClock } from '@inferway/core/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect, DEADLINE_HEADER, type Endpoints, type Profile } from '../src/index.js';
import { jsonAnswer } from '../src/testing/index.js';
import { always, ask, LineBench } from './support/line-provider.js';

const bench = new LineBench();
afterEach(async () => {
  await bench.close();
});

const OK = jsonAnswer(200, { text: 'ok' });

/** The headers of the first request of a call, in a time that stands still. */
async function headersOf(
  profile: Partial<Profile<'line', Endpoints>>,
  options: CallOptions = {},
  middleware: readonly Middleware[] = [],
): Promise<Readonly<Record<string, string>>> {
  const server = await bench.serve(always(OK));
  const providers = [bench.provide(server, profile)];
  const client = createClient({ providers, middleware, clock: virtualClock() });
  await client.chat(ask, options);
  return server.requests[0]?.headers ?? {};
}

describe('the time that a call has left', () => {
  it('travels in a header where the provider is set up so', async () => {
    expect(DEADLINE_HEADER).toBe('x-inferway-timeout-ms');
    const told = await headersOf({ deadlineHeader: true }, { timeoutMs: 5000.7 });
    expect(told['x-inferway-timeout-ms']).toBe('5000');
    const own = await headersOf({ deadlineHeader: 'X-Time-Left' }, { timeoutMs: 5000 });
    expect(own['x-time-left']).toBe('5000');
    expect(own['x-inferway-timeout-ms']).toBeUndefined();
  });

  it('is the earliest of the deadlines', async () => {
    const given = [
      timeout({ totalMs: 2000, firstEventMs: 1000, idleBytesMs: 1000, idleContentMs: 1000 }),
    ];
    const told = await headersOf({ deadlineHeader: true }, { timeoutMs: 5000 }, given);
    expect(told['x-inferway-timeout-ms']).toBe('2000');
  });

  it('is never told to a provider that is not set up so, and not where there is no deadline', async () => {
    const third = await headersOf({}, { timeoutMs: 5000 });
    expect(Object.keys(third).filter((name) => name.includes('timeout'))).toEqual([]);
    const off = await headersOf({ deadlineHeader: false }, { timeoutMs: 5000 });
    expect(off['x-inferway-timeout-ms']).toBeUndefined();
    const endless = await headersOf({ deadlineHeader: true });
    expect(endless['x-inferway-timeout-ms']).toBeUndefined();
  });

  it('is less for the next attempt', async () => {
    const clock = virtualClock();
    const server = await bench.serve(async (connection) => {
      for (let asked = 1; (await connection.request()) !== undefined; asked++) {
        await connection.write(asked === 1 ? jsonAnswer(503, {}, { 'retry-after': '2' }) : OK);
      }
    });
    const client = createClient({
      providers: [bench.provide(server, { deadlineHeader: true })],
      middleware: [retry()],
      clock,
    });
    const call = client.chat(ask, { timeoutMs: 5000 });
    await vi.waitFor(() => expect(clock.timers).toBe(2), { timeout: 5000, interval: 5 });
    await clock.advance(2000);
    await call;
    expect(server.requests.map(({ headers }) => headers['x-inferway-timeout-ms'])).toEqual([
      '5000',
      '3000',
    ]);
  });

  it('in a header that cannot be is refused when built', () => {
    for (const deadlineHeader of ['', 'time left', 'a:b', 'a\nb']) {
      const build = (): unknown =>
        connect({
          name: 'x',
          baseUrl: 'http://127.0.0.1:1',
          key: { optional: true },
          deadlineHeader,
        });
      expect(build).toThrow(
        expect.objectContaining({ code: 'configuration', param: 'deadlineHeader' }),
      );
    }
  });
});
