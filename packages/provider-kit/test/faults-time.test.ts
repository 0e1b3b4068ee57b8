import { timeout, type TimeoutOptions } from '@inferway/core/middleware';
import 'undici'; // The timers are shorter than the time it takes to load.
import { afterEach, describe, expect, it } from 'vitest';
import type { Scenario } from '../src/testing/index.js';
import { chunk, head, streamHead } from '../src/testing/index.js';
import { ask, chatWith, delta, partialText } from './support/openai-chat.js';
import { failureOf } from './support/failure.js';
import { TRANSPORTS } from './support/transports.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(TRANSPORTS)('time over %s', (_name, make) => {
  const start = async (scenario: Scenario, limits?: TimeoutOptions) => {
    const made = await chatWith(make(), scenario, limits === undefined ? [] : [timeout(limits)]);
    open.push(made);
    return made;
  };

  it.each([false, true])(
    'F33: headers that never come are a timeout (stream: %s)',
    async (stream) => {
      const { client, server } = await start(
        async (connection) => {
          await connection.request();
        },
        { firstEventMs: 500 },
      );
      const error = await failureOf(stream ? client.chat.stream(ask) : client.chat(ask));
      expect(error).toMatchObject({ code: 'timeout', phase: 'first-event', retryable: true });
      await server.closedConnections(1);
    },
  );

  it('F34: silence after two tokens is an idle timeout with the partial answer', async () => {
    const { client, server } = await start(
      async (connection) => {
        await connection.request();
        await connection.write(streamHead() + chunk(delta('one ') + delta('two')).toString());
      },
      { idleBytesMs: 400, idleContentMs: 5000 },
    );
    const error = await failureOf(client.chat.stream(ask).then((stream) => stream.result));
    expect(error).toMatchObject({ code: 'timeout', phase: 'idle-bytes' });
    expect(partialText(error)).toBe('one two');
    await server.closedConnections(1);
  });

  it('F35: pings for ever without content are an idle timeout of content', async () => {
    const { client, server } = await start(
      async (connection) => {
        await connection.request();
        await connection.write(streamHead() + chunk(delta('one')).toString());
        while (!connection.socket.destroyed) {
          await connection.write(chunk(': ping\n\n'));
          await pause(10);
        }
      },
      { idleBytesMs: 900, idleContentMs: 1000 },
    );
    const error = await failureOf(client.chat.stream(ask).then((stream) => stream.result));
    expect(error).toMatchObject({ code: 'timeout', phase: 'idle-content' });
    expect(partialText(error)).toBe('one');
    await server.closedConnections(1);
  });

  it('F37: a trickle below every idle limit is ended by the deadline', async () => {
    const { client, server } = await start(async (connection) => {
      await connection.request();
      await connection.write(streamHead());
      while (!connection.socket.destroyed) {
        await connection.write(chunk(delta('x')));
        await pause(10);
      }
    });
    const error = await failureOf(
      client.chat.stream(ask, { timeoutMs: 500 }).then((stream) => stream.result),
    );
    expect(error).toMatchObject({ code: 'timeout', phase: 'total', retryable: false });
    expect(partialText(error)).toMatch(/^x+$/u);
    await server.closedConnections(1);
  });

  it('a unary body that stalls is a timeout, and its socket closes', async () => {
    const { client, server } = await start(
      async (connection) => {
        await connection.request();
        await connection.write(`${head(200, { 'content-length': '100' })}{"id":`);
      },
      { idleBytesMs: 400 },
    );
    expect(await failureOf(client.chat(ask))).toMatchObject({
      code: 'timeout',
      phase: 'idle-bytes',
    });
    await server.closedConnections(1);
  });

  it.each(['headers', 'body', 'stream'] as const)(
    'F38: an abort while it waits for the %s rejects and closes the socket',
    async (phase) => {
      const controller = new AbortController();
      const { client, server } = await start(async (connection) => {
        await connection.request();
        if (phase === 'body') await connection.write(head(200, { 'content-length': '100' }));
        if (phase === 'stream')
          await connection.write(streamHead() + chunk(delta('one')).toString());
        await pause(20);
        controller.abort(new Error('the user left'));
      });
      const { signal } = controller;
      const error = await failureOf(
        phase === 'stream'
          ? client.chat.stream(ask, { signal }).then((stream) => stream.result)
          : client.chat(ask, { signal }),
      );
      expect(error).toMatchObject({ code: 'aborted', retryable: false, fallbackable: false });
      expect(error.cause).toBeInstanceOf(Error);
      await server.closedConnections(1);
      expect(server.requests).toHaveLength(1);
    },
  );

  it('F39: who leaves the loop closes the socket, also without a single read', async () => {
    const { client, server } = await start(async (connection) => {
      await connection.request();
      await connection.write(streamHead() + chunk(delta('one')).toString());
    });
    const unread = await client.chat.stream(ask);
    unread.cancel();
    await server.closedConnections(1);
    for await (const event of await client.chat.stream(ask)) {
      if (event.type === 'text-delta') break;
    }
    await server.closedConnections(2);
    const texts = (await client.chat.stream(ask)).text;
    for await (const piece of texts) if (piece !== '') break;
    await server.closedConnections(3);
  });
});
