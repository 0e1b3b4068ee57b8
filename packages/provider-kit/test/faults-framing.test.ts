import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Scenario } from '../src/testing/index.js';
import { chunk, LAST_CHUNK, streamHead } from '../src/testing/index.js';
import { ask, chatWith, delta, DONE, finish, usage } from './support/openai-chat.js';
import { failureOf } from './support/failure.js';
import { TRANSPORTS } from './support/transports.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const TEXT = 'Grüße, 海! 🌊 and more';
const BODY =
  delta('Grüße, ') + delta('海! 🌊') + delta(' and more') + finish() + usage(5, 4) + DONE;

/** Writes the pieces of a body each in a packet of its own. */
const packets =
  (pieces: readonly (string | Uint8Array)[]): Scenario =>
  async (connection) => {
    while ((await connection.request()) !== undefined) {
      await connection.write(streamHead());
      for (const piece of pieces) {
        await connection.write(chunk(piece));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await connection.write(LAST_CHUNK);
    }
  };

describe.each(TRANSPORTS)('how a stream is framed, over %s', (_name, make) => {
  const read = async (pieces: readonly (string | Uint8Array)[]): Promise<unknown> => {
    const made = await chatWith(make(), packets(pieces));
    open.push(made);
    const {
      text,
      usage: counted,
      finishReason,
    } = await (await made.client.chat.stream(ask)).result;
    return { text, input: counted?.inputTokens, finish: finishReason.unified };
  };
  const whole = { text: TEXT, input: 5, finish: 'stop' };

  it('F19, F25: one byte a packet is the same as one packet', async () => {
    const bytes = Buffer.from(BODY);
    expect(await read([bytes])).toEqual(whole);
    expect(await read(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it('F25: any cut into packets is the same as one packet', async () => {
    const bytes = Buffer.from(BODY);
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        const ends = [...at.toSorted((a, b) => a - b), bytes.length];
        const pieces = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
        expect(await read(pieces)).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  });

  it.each([
    ['F20: CRLF', [BODY.replaceAll('\n', '\r\n')]],
    ['F21: CR and LF in different packets', BODY.replaceAll('\n', '\r\n').split(/(?<=\r)/u)],
    ['F22: CR alone', [BODY.replaceAll('\n', '\r')]],
    ['F22: a byte order mark', [`\uFEFF${BODY}`]],
    ['F22: no space after the colon', [BODY.replaceAll('data: ', 'data:')]],
    ['F22: no blank line after the last event', [BODY.trimEnd()]],
    [
      'F23: comments and blank lines between',
      [`: hello\n\n\n${BODY.replaceAll('\n\n', '\n\n: ping\n\n')}`],
    ],
    [
      'F24: data over several lines',
      [BODY.replaceAll(/data: (\{"id":"c1",)/gu, 'data: {\ndata: "id":"c1",\ndata:')],
    ],
    ['other fields', [BODY.replaceAll('data: ', 'id: 1\nretry: 5\nfoo\nevent: message\ndata: ')]],
  ])('%s', async (_what, pieces) => {
    expect(await read(pieces)).toEqual(whole);
  });

  it('F26: one event of 8 MB is taken', async () => {
    const long = 'x'.repeat(8 * 1024 * 1024);
    expect(await read([delta(long) + finish() + DONE])).toMatchObject({ text: long });
  });

  it('F27: a line without end fails at its cap, with flat memory, and its socket is closed', async () => {
    const piece = chunk(Buffer.alloc(1024 * 1024, 'x'));
    let written = 0;
    const made = await chatWith(make(), async (connection) => {
      await connection.request();
      await connection.write(`${streamHead()}${chunk('data: "').toString()}`);
      while (written < 128 && !connection.socket.destroyed) {
        await connection.write(piece);
        written++;
      }
    });
    open.push(made);
    const before = process.memoryUsage().rss;
    const error = await failureOf(made.client.chat.stream(ask).then((stream) => stream.result));
    expect(error).toMatchObject({ code: 'too_large', provider: 'p' });
    await made.server.closedConnections(1);
    expect(written).toBeLessThan(64);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  it('F42: a stream that nobody reads holds about a megabyte and stops the socket', async () => {
    const piece = chunk(delta('x'.repeat(1000)).repeat(60));
    let written = 0;
    let stall = (): void => {};
    const stalled = new Promise<void>((resolve) => {
      stall = resolve;
    });
    const total = 64 * 1024 * 1024;
    const made = await chatWith(make(), async (connection) => {
      await connection.request();
      const { socket } = connection;
      socket.write(streamHead());
      const more = (): void => {
        while (written < total) {
          written += piece.length;
          if (!socket.write(piece)) {
            const timer = setTimeout(stall, 300);
            socket.once('drain', () => {
              clearTimeout(timer);
              more();
            });
            return;
          }
        }
        socket.write(chunk(finish() + DONE));
      };
      more();
    });
    open.push(made);
    const stream = await made.client.chat.stream(ask);
    await stalled;
    // One MiB of ours, and what the kernel's buffers of both sides hold.
    expect(written).toBeLessThan(32 * 1024 * 1024);
    // Reading on takes the rest, and all of it.
    let length = 0;
    for await (const event of stream) if (event.type === 'text-delta') length += event.text.length;
    expect(length % 1000).toBe(0);
    expect(length).toBeGreaterThan(total * 0.9);
  });
});
