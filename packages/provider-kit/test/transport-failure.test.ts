import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { InferwayError } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { answer, chunk, faultServer, head, streamHead } from '../src/testing/index.js';
import { requestTo } from './support/exchange.js';
import { failureOf } from './support/failure.js';
import { keeping, openThings } from './support/open-things.js';
import { TRANSPORTS } from './support/transports.js';

const things = openThings();
const { serve } = things;

describe.each(TRANSPORTS)('what fails over the %s transport', (_name, make) => {
  const transport = keeping(things, make);

  it('a refused connection is a connection error that never reached the provider', async () => {
    const server = await faultServer(() => {});
    await server.close();
    const error = await failureOf(transport().exchange(requestTo(server)));
    expect(error).toMatchObject({ code: 'connection', retryable: true, sent: 'no' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('an unknown host is not worth a retry', async () => {
    const error = await failureOf(
      transport().exchange(requestTo({ origin: 'http://nowhere.invalid' })),
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
      const error = await failureOf(transport().exchange(requestTo(server)));
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
    const error = await failureOf(transport().exchange(requestTo(server)));
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
    const response = await transport().exchange(requestTo(server));
    expect(await failureOf(response.text())).toMatchObject({ code: 'connection', sent: 'maybe' });
  });

  it('a chunked body that breaks off is a lost connection', async () => {
    const server = await serve(async (connection) => {
      await connection.request();
      await connection.write(streamHead() + chunk('data: 1\n\n').toString());
      connection.socket.end();
    });
    const response = await transport().exchange(requestTo(server));
    expect(await failureOf(response.text())).toMatchObject({ code: 'connection', sent: 'maybe' });
  });

  it('a chunked body that breaks off on a connection that was to close is a lost connection', async () => {
    const server = await serve(async (connection) => {
      await connection.request();
      await connection.write(streamHead({ connection: 'close' }) + chunk('data: 1\n\n').toString());
      connection.socket.end();
    });
    const response = await transport().exchange(requestTo(server));
    expect(await failureOf(response.text())).toMatchObject({ code: 'connection', sent: 'maybe' });
  });

  it('caps a body', async () => {
    const server = await serve(async (connection) => {
      await connection.request();
      await connection.write(answer(200, 'x'.repeat(5000)));
    });
    const response = await transport({ maxBodyBytes: 4000 }).exchange(requestTo(server));
    expect(await failureOf(response.text())).toMatchObject({ code: 'too_large' });
  });

  it.each([false, true])(
    'stops reading from the socket while nobody takes the body (packed: %s)',
    async (packed) => {
      const plain = randomBytes(64 * 1024);
      const piece = packed ? gzipSync(plain) : plain;
      let written = 0;
      let stalled = (): void => {};
      const full = new Promise<void>((resolve) => {
        stalled = resolve;
      });
      const server = await serve(async (connection) => {
        await connection.request();
        connection.socket.write(streamHead(packed ? { 'content-encoding': 'gzip' } : {}));
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
      const response = await transport().exchange(requestTo(server));
      await full;
      // One MiB of ours, and what the kernel's buffers of both sides hold.
      expect(written).toBeLessThan(32 * 1024 * 1024);
      response.cancel(new InferwayError('aborted', { message: 'enough' }));
      await server.closedConnections(1);
    },
  );
});
