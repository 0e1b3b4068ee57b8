import { InferwayError } from '@inferway/core';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpRequest, Transport } from '../src/index.js';
import { faultServer, type FaultServer, type Scenario } from './support/fault-server.js';
import { answer, chunk, head, LAST_CHUNK, streamHead } from './support/http-text.js';
import { TRANSPORTS } from './support/transports.js';

const open: (FaultServer | Transport)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function serve(scenario: Scenario): Promise<FaultServer> {
  const server = await faultServer(scenario);
  open.push(server);
  return server;
}

function request(server: FaultServer, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'POST',
    origin: server.origin,
    path: '/v1/echo',
    headers: { 'content-type': 'application/json', authorization: 'Bearer secret-key-1' },
    body: '{"é":1}',
    signal: new AbortController().signal,
    ...more,
  };
}

// Undici has a connection ready for the next call only after a turn of the event loop.
const idle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

async function failure(promise: Promise<unknown>): Promise<InferwayError> {
  try {
    await promise;
  } catch (error) {
    expect(InferwayError.is(error)).toBe(true);
    return error as InferwayError;
  }
  throw new Error('it did not fail');
}

describe.each(TRANSPORTS)('the %s transport', (name, make) => {
  const transport = (...limits: Parameters<typeof make>): Transport => {
    const made = make(...limits);
    open.push(made);
    return made;
  };

  it('sends method, path, headers and body, and gives status, headers and text', async () => {
    const server = await serve(async (connection) => {
      await connection.request();
      await connection.write(answer(201, 'grüße', { 'X-Request-Id': 'r-1' }));
    });
    const response = await transport().exchange(request(server));
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
    const response = await transport().exchange(request(server));
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
      expect(await (await made.exchange(request(server))).text()).toBe('ok');
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
      request(server, {
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
        const error = await failure(
          transport().exchange(request(server, { signal: controller.signal })),
        );
        expect(error).toBe(reason);
        expect(server.connections).toHaveLength(0);
        return;
      }
      const exchange = transport().exchange(request(server, { signal: controller.signal }));
      if (phase === 'in the body, unread') await exchange;
      await arrived;
      const abortedAt = performance.now();
      controller.abort(reason);
      if (phase === 'in the body, unread') {
        expect(await failure((await exchange).text())).toBe(reason);
      } else {
        expect(await failure(exchange)).toBe(reason);
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
    const response = await transport().exchange(request(server, { signal: controller.signal }));
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
    await (await transport().exchange(request(server, { signal }))).text();
    expect(listeners).toBe(0);
  });

  it('a refused connection is a connection error that never reached the provider', async () => {
    const server = await faultServer(() => {});
    await server.close();
    const error = await failure(transport().exchange(request(server)));
    expect(error).toMatchObject({ code: 'connection', retryable: true, sent: 'no' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('an unknown host is not worth a retry', async () => {
    const error = await failure(
      transport().exchange(request({ origin: 'http://nowhere.invalid' } as FaultServer)),
    );
    expect(error.code).toBe('connection');
    expect(error.sent).toBe('no');
    // A machine without any resolver says EAI_AGAIN for every name.
    if (error.message.includes('ENOTFOUND')) expect(error.retryable).toBe(false);
  });

  it.each([301, 302, 303, 307, 308])(
    'a %i is refused and nothing is sent elsewhere',
    async (status) => {
      const other = await serve(() => {});
      const server = await serve(async (connection) => {
        await connection.request();
        await connection.write(answer(status, '', { location: `${other.origin}/steal` }));
      });
      const error = await failure(transport().exchange(request(server)));
      expect(error).toMatchObject({ code: 'protocol', retryable: false });
      expect(error.message).not.toContain('steal');
      expect(other.connections).toHaveLength(0);
    },
  );

  it.each([
    ['a reset', (c: { socket: { resetAndDestroy(): void } }) => c.socket.resetAndDestroy()],
    ['a close', (c: { socket: { end(): void } }) => c.socket.end()],
  ])('%s before any answer is a connection error that may have been executed', async (_, end) => {
    const server = await serve(async (connection) => {
      await connection.request();
      end(connection.socket === undefined ? connection : (connection as never));
    });
    const error = await failure(transport().exchange(request(server)));
    expect(error).toMatchObject({ code: 'connection', retryable: true, sent: 'maybe' });
    expect(server.requests).toHaveLength(1);
  });

  it('a body shorter than its length is a lost connection', async () => {
    const server = await serve(async (connection) => {
      await connection.request();
      await connection.write(head(200, { 'content-length': '100' }));
      await connection.write('only this');
      connection.socket.end();
    });
    const response = await transport().exchange(request(server));
    expect(await failure(response.text())).toMatchObject({ code: 'connection', sent: 'maybe' });
  });

  it('a chunked body that breaks off is a lost connection', async () => {
    const server = await serve(async (connection) => {
      await connection.request();
      await connection.write(streamHead() + chunk('data: 1\n\n').toString());
      connection.socket.end();
    });
    const response = await transport().exchange(request(server));
    expect(await failure(response.text())).toMatchObject({ code: 'connection', sent: 'maybe' });
  });

  it('sends once more when a kept-alive connection closes before it answers', async () => {
    const server = await serve(async (connection) => {
      await connection.request();
      await connection.write(answer(200, `from ${connection.number}`));
      if (connection.number > 1) return;
      await connection.request();
      connection.socket.resetAndDestroy();
    });
    const made = transport();
    expect(await (await made.exchange(request(server))).text()).toBe('from 1');
    await idle();
    const second = await made.exchange(request(server));
    expect(await second.text()).toBe('from 2');
    expect(second.resent).toBe(true);
    expect(server.requests).toHaveLength(3);
  });

  // `fetch` cannot tell whether a byte came; its one repeat is documented.
  if (name === 'undici') {
    it('does not send again once a byte of the answer has come', async () => {
      const server = await serve(async (connection) => {
        await connection.request();
        await connection.write(answer(200, 'ok'));
        await connection.request();
        await connection.write('HTTP/1.1 200 OK\r\ncontent-le');
        connection.socket.resetAndDestroy();
      });
      const made = transport();
      await (await made.exchange(request(server))).text();
      await idle();
      expect(await failure(made.exchange(request(server)))).toMatchObject({ sent: 'maybe' });
      expect(server.requests).toHaveLength(2);
    });
  }

  it('sends again once only', async () => {
    const server = await serve(async (connection) => {
      await connection.request();
      if (connection.number === 1) {
        await connection.write(answer(200, 'ok'));
        await connection.request();
      }
      connection.socket.resetAndDestroy();
    });
    const made = transport();
    await (await made.exchange(request(server))).text();
    await idle();
    expect(await failure(made.exchange(request(server)))).toMatchObject({
      code: 'connection',
      sent: 'maybe',
    });
    expect(server.requests).toHaveLength(3);
  });

  it('caps a body', async () => {
    const server = await serve(async (connection) => {
      await connection.request();
      await connection.write(answer(200, 'x'.repeat(5000)));
    });
    const response = await transport({ maxBodyBytes: 4000 }).exchange(request(server));
    expect(await failure(response.text())).toMatchObject({ code: 'too_large' });
  });

  it('a released answer that ends leaves its connection for the next call', async () => {
    const server = await serve(async (connection) => {
      while ((await connection.request()) !== undefined) {
        await connection.write(streamHead() + chunk('done').toString() + LAST_CHUNK);
      }
    });
    const made = transport();
    for (let i = 0; i < 2; i++) {
      const response = await made.exchange(request(server));
      await new Promise<void>((resolve, reject) => {
        response.read({
          data() {
            response.release();
            setTimeout(resolve, 20);
          },
          end: reject,
          fail: reject,
        });
      });
    }
    expect(server.connections).toHaveLength(1);
  });

  it('a released answer that goes on, or stays silent, loses its connection', async () => {
    const server = await serve(async (connection) => {
      await connection.request();
      await connection.write(streamHead() + chunk('done').toString());
    });
    const response = await transport().exchange(request(server));
    await new Promise<void>((resolve) => {
      response.read({
        data() {
          response.release();
          resolve();
        },
        end() {},
        fail() {},
      });
    });
    await server.closedConnections(1);
    expect(server.connections).toHaveLength(1);
  });

  it('stops reading from the socket while nobody takes the body', async () => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    let written = 0;
    let stalled = (): void => {};
    const full = new Promise<void>((resolve) => {
      stalled = resolve;
    });
    const server = await serve(async (connection) => {
      await connection.request();
      connection.socket.write(streamHead());
      const { socket } = connection;
      const more = (): void => {
        while (written < 256 * 1024 * 1024) {
          written += piece.length;
          if (!socket.write(chunk(piece))) {
            const timer = setTimeout(stalled, 300);
            socket.once('drain', () => {
              clearTimeout(timer);
              more();
            });
            return;
          }
        }
      };
      more();
    });
    const response = await transport().exchange(request(server));
    await full;
    // One MiB of ours, and what the kernel's buffers of both sides hold.
    expect(written).toBeLessThan(32 * 1024 * 1024);
    response.cancel(new InferwayError('aborted', { message: 'enough' }));
    await server.closedConnections(1);
  });
});
