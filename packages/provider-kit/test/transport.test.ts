import { InferwayError } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { answer, chunk, head, streamHead } from '../src/testing/index.js';
import { idle, requestTo } from './support/exchange.js';
import { failureOf } from './support/failure.js';
import { keeping, openThings } from './support/open-things.js';
import { TRANSPORTS } from './support/transports.js';

const things = openThings();
const { serve } = things;

describe.each(TRANSPORTS)('the %s transport', (name, make) => {
  const transport = keeping(things, make);

  it('sends method, path, headers and body, and gives status, headers and text', async () => {
    const server = await serve(async (connection) => {
      await connection.request();
      await connection.write(answer(201, 'grüße', { 'X-Request-Id': 'r-1' }));
    });
    const response = await transport().exchange(requestTo(server));
    expect(response.status).toBe(201);
    expect(response.headers['x-request-id']).toBe('r-1');
    expect(await response.text()).toBe('grüße');
    const [seen] = server.requests;
    expect(seen?.head.split('\r\n')[0]).toBe('POST /v1/echo HTTP/1.1');
    expect(seen?.headers.authorization).toBe('Bearer secret-key-1');
    expect(seen?.body).toBe('{"é":1}');
  });

  it('settles at the headers, long before the body', async () => {
    let finish = (): void => {};
    const server = await serve(async (connection) => {
      await connection.request();
      await connection.write(head(200, { 'content-length': '2' }));
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      await connection.write('ok');
    });
    const response = await transport().exchange(requestTo(server));
    expect(response.status).toBe(200);
    finish();
    expect(await response.text()).toBe('ok');
  });

  it('uses a connection again after a whole answer', async () => {
    const server = await serve(async (connection) => {
      while ((await connection.request()) !== undefined) await connection.write(answer(200, 'ok'));
    });
    const made = transport();
    for (let i = 0; i < 3; i++) {
      expect(await (await made.exchange(requestTo(server))).text()).toBe('ok');
      await idle();
    }
    expect(server.connections).toHaveLength(1);
  });

  it('tells the progress of an exchange', async () => {
    const server = await serve(async (connection) => {
      await connection.request();
      await connection.write(answer(200, 'four'));
    });
    const told: string[] = [];
    const response = await transport().exchange(
      requestTo(server, {
        progress: {
          connecting: () => told.push('connecting'),
          connected: () => told.push('connected'),
          headers: (status) => told.push(`headers ${status}`),
          bytes: (count) => told.push(`bytes ${count}`),
        },
      }),
    );
    await response.text();
    expect(told).toEqual([
      ...(name === 'undici' ? ['connecting', 'connected'] : []),
      'headers 200',
      'bytes 4',
    ]);
  });

  it.each(['before the exchange', 'while it waits for headers', 'in the body, unread'])(
    'an abort %s rejects at once with its reason and closes the socket',
    async (phase) => {
      const controller = new AbortController();
      const reason = new InferwayError('timeout', { message: 'too late' });
      const order: string[] = [];
      let asked = (): void => {};
      const arrived = new Promise<void>((resolve) => {
        asked = resolve;
      });
      const server = await serve(async (connection) => {
        await connection.request();
        if (phase === 'in the body, unread') {
          await connection.write(streamHead() + chunk('data: 1\n\n').toString());
        }
        asked();
        await connection.closed;
        order.push('closed');
      });
      if (phase === 'before the exchange') {
        controller.abort(reason);
        const error = await failureOf(
          transport().exchange(requestTo(server, { signal: controller.signal })),
        );
        expect(error).toBe(reason);
        expect(server.connections).toHaveLength(0);
        return;
      }
      const exchange = transport().exchange(requestTo(server, { signal: controller.signal }));
      if (phase === 'in the body, unread') await exchange;
      await arrived;
      const abortedAt = performance.now();
      controller.abort(reason);
      if (phase === 'in the body, unread') {
        expect(await failureOf((await exchange).text())).toBe(reason);
      } else {
        expect(await failureOf(exchange)).toBe(reason);
      }
      order.push('rejected');
      await server.closedConnections(1);
      expect(order).toEqual(['rejected', 'closed']);
      // The promise is 100 ms; the bound is wide because the machine may be busy.
      expect(performance.now() - abortedAt).toBeLessThan(1500);
    },
  );

  it('an abort while a body is read fails its sink once and closes the socket', async () => {
    const controller = new AbortController();
    const server = await serve(async (connection) => {
      await connection.request();
      await connection.write(streamHead() + chunk('one').toString());
    });
    const response = await transport().exchange(requestTo(server, { signal: controller.signal }));
    const seen: string[] = [];
    const failed = new Promise<InferwayError>((resolve) => {
      response.read({
        data: (bytes) => {
          seen.push(Buffer.from(bytes).toString());
          controller.abort();
        },
        end: () => seen.push('end'),
        fail: resolve,
      });
    });
    expect((await failed).code).toBe('aborted');
    await server.closedConnections(1);
    expect(seen).toEqual(['one']);
  });

  it('removes its listener from the signal when the exchange is over', async () => {
    const server = await serve(async (connection) => {
      while ((await connection.request()) !== undefined) await connection.write(answer(200, 'ok'));
    });
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    await (await transport().exchange(requestTo(server, { signal }))).text();
    expect(listeners).toBe(0);
  });
});
