import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { fallback, retry } from '@inferway/core/middleware';
import { afterEach, describe, expect, it } from 'vitest';
import type { TransportLimits } from '../src/index.js';
import type { Scenario } from '../src/testing/index.js';
import { answer, chunk, head, jsonAnswer, LAST_CHUNK, streamHead } from '../src/testing/index.js';
import {
  ask,
  chatWith,
  completion,
  delta,
  DONE,
  finish,
  partialText,
} from './support/openai-chat.js';
import { failureOf } from './support/failure.js';
import { TRANSPORTS } from './support/transports.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const once =
  (bytes: string | Uint8Array): Scenario =>
  async (connection) => {
    await connection.request();
    await connection.write(bytes);
  };

/** The answers, one a request, over any number of connections. */
const inTurn = (...answers: readonly Uint8Array[]): Scenario => {
  let next = 0;
  return async (connection) => {
    while ((await connection.request()) !== undefined) {
      await connection.write(answers[Math.min(next++, answers.length - 1)] ?? '');
    }
  };
};

describe.each(TRANSPORTS)('HTTP over %s', (name, make) => {
  const start = async (scenario: Scenario, limits: TransportLimits = {}) => {
    const made = await chatWith(make(limits), scenario);
    open.push(made);
    return made;
  };
  const json = (encoding: string, bytes: Uint8Array): Buffer =>
    answer(200, bytes, { 'content-type': 'application/json', 'content-encoding': encoding });
  const text = Buffer.from(JSON.stringify(completion('packed')));

  it.each([
    ['gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
    ['identity', text],
  ])('decodes %s though it was not asked for', async (encoding, bytes) => {
    const { client, server } = await start(once(json(encoding, bytes)));
    expect((await client.chat(ask)).text).toBe('packed');
    expect(server.requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('decodes a compressed stream as it comes', async () => {
    const bytes = gzipSync(delta('packed') + finish() + DONE);
    const { client } = await start(async (connection) => {
      await connection.request();
      await connection.write(streamHead({ 'content-encoding': 'gzip' }));
      for (const byte of bytes) await connection.write(chunk(Uint8Array.of(byte)));
      await connection.write(LAST_CHUNK);
    });
    expect((await (await client.chat.stream(ask)).result).text).toBe('packed');
  });

  it('F28: a truncated gzip body is an error', async () => {
    const { client } = await start(once(json('gzip', gzipSync(text).subarray(0, 40))));
    const error = await failureOf(client.chat(ask));
    expect(error).toMatchObject({ retryable: true, sent: 'maybe' });
    // Node's `fetch` gives what it could decode, and calls it whole.
    expect(error.code).toBe(name === 'undici' ? 'connection' : 'empty_response');
  });

  it('F28: a gzip stream cut after its terminator is whole, and before it is not', async () => {
    const cut = (body: string): Buffer => {
      const bytes = gzipSync(body);
      return Buffer.concat([
        Buffer.from(streamHead({ 'content-encoding': 'gzip' })),
        chunk(bytes.subarray(0, -8)),
        Buffer.from(LAST_CHUNK),
      ]);
    };
    const good = await start(once(cut(delta('all') + finish() + DONE)));
    expect((await (await good.client.chat.stream(ask)).result).text).toBe('all');
    const bad = await start(once(cut(delta('half'))));
    const error = await failureOf(bad.client.chat.stream(ask).then((stream) => stream.result));
    expect(error.retryable).toBe(true);
    expect(['', 'half']).toContain(partialText(error));
  });

  it('F29: a bomb ends at the cap of decoded bytes', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const { client } = await start(once(json('gzip', bomb)), { maxBodyBytes: 1024 * 1024 });
    const before = process.memoryUsage().rss;
    expect(await failureOf(client.chat(ask))).toMatchObject({ code: 'too_large' });
    expect(process.memoryUsage().rss - before).toBeLessThan(48 * 1024 * 1024);
  });

  it.each(['gzip, gzip, gzip', 'zstd', 'compress'])('F29: "%s" is refused', async (encoding) => {
    const packed = encoding.startsWith('gzip') ? gzipSync(gzipSync(gzipSync(text))) : text;
    const { client } = await start(once(json(encoding, packed)));
    expect(await failureOf(client.chat(ask))).toMatchObject({ code: 'protocol', retryable: false });
  });

  it('F52: a 502 with a page is worth a retry, and the page is not in the message', async () => {
    const page = answer(502, '<html><h1>Bad gateway</h1></html>', { 'content-type': 'text/html' });
    const { client } = await start(once(page));
    const error = await failureOf(client.chat(ask));
    expect(error).toMatchObject({ code: 'server', status: 502, retryable: true });
    expect(error.message).not.toContain('Bad gateway');
  });

  it('an error whose body breaks off is still that error', async () => {
    const { client } = await start(async (connection) => {
      await connection.request();
      await connection.write(`${head(503, { 'content-length': '100' })}{"err`);
      connection.socket.end();
    });
    expect(await failureOf(client.chat(ask))).toMatchObject({ code: 'overloaded', status: 503 });
  });

  it('F57: a redirect to another origin is an error, and nothing reaches the other', async () => {
    const other = await start(once(answer(200, '{}')));
    const { client, server } = await start(
      once(answer(307, '', { location: `${other.server.origin}/v1/chat/completions` })),
    );
    const error = await failureOf(client.chat(ask));
    expect(error).toMatchObject({ code: 'protocol', retryable: false });
    expect(other.server.connections).toHaveLength(0);
    expect(server.requests).toHaveLength(1);
  });

  it('S07, S08: a provider that echoes key and prompt leaks neither into the error', async () => {
    const echo = { error: { message: 'Bad: sk-fault-test-secret said Tell me of the sea.' } };
    const { client } = await start(once(jsonAnswer(400, echo)));
    const error = await failureOf(client.chat(ask));
    const shown = `${error.message}${error.stack}${JSON.stringify(error)}${Object.values(error).join()}`;
    expect(shown).not.toMatch(/fault-test-secret|of the sea/u);
    expect(error.body).toContain('of the sea');
    expect(error.body).not.toContain('fault-test-secret');
  });

  // `fetch` of Node uses the same parser; other runtimes have their own.
  it.each([
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}',
    ],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\ncontent-length : 2\r\n\r\n{}'],
    ['no status line', 'hello\r\n\r\n'],
    ['a bad chunk length', `${streamHead()}zz\r\n{}\r\n0\r\n\r\n`],
    ['headers of 20 KiB', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_480)}\r\n\r\n`],
  ])('S21, S22: an answer with %s is refused and its connection closed', async (what, bytes) => {
    const { client, server } = await start(once(bytes));
    const error = await failureOf(client.chat(ask));
    // Lengths that contradict each other read like a body that was cut.
    expect(error.code).toBe(
      what.includes('length') && !what.includes('chunk length') ? 'connection' : 'protocol',
    );
    await server.closedConnections(1);
  });

  it('S20: aborts under load never give one call the answer of another', async () => {
    const { client } = await start(async (connection) => {
      for (;;) {
        const request = await connection.request();
        if (request === undefined) return;
        const { messages } = JSON.parse(request.body) as { messages: [{ content: string }] };
        const number = Number(messages[0].content);
        if (number % 3 === 0) await new Promise((resolve) => setTimeout(resolve, number % 7));
        const bytes = jsonAnswer(200, completion(`canary ${messages[0].content}`));
        await connection.write(bytes.subarray(0, 80));
        if (number % 4 === 0) await new Promise((resolve) => setTimeout(resolve, number % 5));
        await connection.write(bytes.subarray(80));
      }
    });
    let answered = 0;
    let aborted = 0;
    const one = async (number: number): Promise<void> => {
      const controller = new AbortController();
      const content = String(number);
      const work = client.chat(
        { model: 'p/m', messages: [{ role: 'user', content }] },
        { signal: controller.signal },
      );
      if (number % 2 === 0) setTimeout(() => controller.abort(), number % 9);
      try {
        expect((await work).text).toBe(`canary ${content}`);
        answered++;
      } catch (error) {
        expect(error).toMatchObject({ code: 'aborted' });
        aborted++;
      }
    };
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 30 }, (_, i) => one(round * 30 + i)));
    }
    expect(answered).toBeGreaterThanOrEqual(150);
    expect(aborted).toBeGreaterThan(0);
  });

  it('F56: a kept-alive connection that closes under a call is replaced, and the reply says so', async () => {
    const { client, server } = await start(async (connection) => {
      await connection.request();
      await connection.write(jsonAnswer(200, completion(`from ${connection.number}`)));
      if (connection.number > 1) return;
      await connection.request();
      connection.socket.resetAndDestroy();
    });
    await client.chat(ask);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const reply = await client.chat(ask);
    expect(reply.text).toBe('from 2');
    expect(reply.meta.warnings).toMatchObject([
      { type: 'other', message: expect.stringContaining('executed it twice') as string },
    ]);
    expect(server.requests).toHaveLength(3);
    expect(reply.meta.attempts).toHaveLength(1);
  });

  it('F44: a 429 with a wait is waited for once, by the chain', async () => {
    const made = await chatWith(
      make(),
      inTurn(
        jsonAnswer(429, { error: { message: 'slow down' } }, { 'retry-after-ms': '150' }),
        jsonAnswer(200, completion('now')),
      ),
      [retry({ baseMs: 1, maxMs: 1 })],
    );
    open.push(made);
    const before = performance.now();
    expect((await made.client.chat(ask)).text).toBe('now');
    expect(performance.now() - before).toBeGreaterThanOrEqual(149);
    expect(made.server.requests).toHaveLength(2);
  });

  it('F48: an exhausted quota is not tried again on the same target', async () => {
    const made = await chatWith(
      make(),
      inTurn(jsonAnswer(429, { error: { message: 'x', code: 'insufficient_quota' } })),
      [fallback({ targets: ['p/other'] }), retry({ baseMs: 1, maxMs: 1 })],
    );
    open.push(made);
    expect(await failureOf(made.client.chat(ask))).toMatchObject({ code: 'billing' });
    const models = made.server.requests.map(
      ({ body }) => (JSON.parse(body) as { model: string }).model,
    );
    expect(models).toEqual(['m', 'other']);
  });
});
