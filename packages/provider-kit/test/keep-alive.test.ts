import { describe, expect, it } from 'vitest';
import { undiciTransport } from '../src/index.js';
import { answer, chunk, LAST_CHUNK, streamHead } from '../src/testing/index.js';
import { idle, requestTo } from './support/exchange.js';
import { failureOf } from './support/failure.js';
import { keeping, openThings } from './support/open-things.js';
import { TRANSPORTS } from './support/transports.js';

const things = openThings();
const { serve } = things;

describe.each(TRANSPORTS)('connections of the %s transport', (name, make) => {
  const transport = keeping(things, make);

  it('sends once more when a kept-alive connection closes before it answers', async () => {
    const server = await serve(async (connection) => {
      await connection.request();
      await connection.write(answer(200, `from ${connection.number}`));
      if (connection.number > 1) return;
      await connection.request();
      connection.socket.resetAndDestroy();
    });
    const made = transport();
    expect(await (await made.exchange(requestTo(server))).text()).toBe('from 1');
    await idle();
    const second = await made.exchange(requestTo(server));
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
      await (await made.exchange(requestTo(server))).text();
      await idle();
      expect(await failureOf(made.exchange(requestTo(server)))).toMatchObject({ sent: 'maybe' });
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
    await (await made.exchange(requestTo(server))).text();
    await idle();
    expect(await failureOf(made.exchange(requestTo(server)))).toMatchObject({
      code: 'connection',
      sent: 'maybe',
    });
    expect(server.requests).toHaveLength(3);
  });

  it('a released answer that ends leaves its connection for the next call', async () => {
    const server = await serve(async (connection) => {
      while ((await connection.request()) !== undefined) {
        await connection.write(streamHead() + chunk('done').toString() + LAST_CHUNK);
      }
    });
    const made = transport();
    for (let i = 0; i < 2; i++) {
      const response = await made.exchange(requestTo(server));
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
    const response = await transport().exchange(requestTo(server));
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

  if (name === 'undici') {
    it('an abort in the queue for a connection rejects at once and sends nothing', async () => {
      let finish = (): void => {};
      const server = await serve(async (connection) => {
        await connection.request();
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        await connection.write(answer(200, 'ok'));
        await connection.request();
        await connection.write(answer(200, 'next'));
      });
      const made = undiciTransport({ connectionsPerOrigin: 1 });
      things.keep(made);
      const first = made.exchange(requestTo(server));
      const controller = new AbortController();
      const queued = made.exchange(
        requestTo(server, { signal: controller.signal, body: 'queued' }),
      );
      const third = made.exchange(requestTo(server, { body: 'third' }));
      await idle();
      controller.abort();
      expect(await failureOf(queued)).toMatchObject({ code: 'aborted' });
      finish();
      expect(await (await first).text()).toBe('ok');
      expect((await third).status).toBe(200);
      expect(server.requests.map(({ body }) => body)).not.toContain('queued');
    });
  }
});
