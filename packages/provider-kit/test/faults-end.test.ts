import { retry } from '@inferway/core/middleware';
import { afterEach, describe, expect, it } from 'vitest';
import type { Scenario } from '../src/testing/index.js';
import { answer, chunk, head, jsonAnswer, LAST_CHUNK, streamHead } from '../src/testing/index.js';
import {
  ask,
  chatWith,
  completion,
  data,
  delta,
  DONE,
  finish,
  partialText,
  usage,
} from './support/openai-chat.js';
import { failureOf } from './support/failure.js';
import { TRANSPORTS } from './support/transports.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

/** Answers every request with `text` as a chunked stream, ended cleanly. */
const streamed =
  (text: string): Scenario =>
  async (connection) => {
    while ((await connection.request()) !== undefined) {
      await connection.write(streamHead() + chunk(text).toString() + LAST_CHUNK);
    }
  };

const raw =
  (bytes: string | Uint8Array, end?: 'fin' | 'rst'): Scenario =>
  async (connection) => {
    await connection.request();
    await connection.write(bytes);
    if (end === 'rst') {
      // A reset overtakes what the reader has not taken yet.
      await new Promise((resolve) => setTimeout(resolve, 30));
      connection.socket.resetAndDestroy();
    }
    if (end === 'fin') connection.socket.end();
  };

describe.each(TRANSPORTS)('how a stream ends, over %s', (_name, make) => {
  const start = async (scenario: Scenario, ...more: Parameters<typeof retry>) => {
    const middleware = more.length === 0 ? [] : [retry(...more)];
    const made = await chatWith(make(), scenario, middleware);
    open.push(made);
    return made;
  };
  const streamFailure = async (scenario: Scenario) => {
    const { client } = await start(scenario);
    return failureOf(client.chat.stream(ask).then((stream) => stream.result));
  };

  it('F01: a clean end without finish reason and terminator is an interrupted stream', async () => {
    const error = await streamFailure(streamed(delta('so ') + delta('far')));
    expect(error).toMatchObject({ code: 'stream_interrupted', provider: 'p', model: 'm' });
    expect(partialText(error)).toBe('so far');
  });

  it('F02: a terminator without finish reason is an answer that stopped for unknown reason', async () => {
    const { client } = await start(streamed(delta('all') + DONE));
    const stream = await client.chat.stream(ask);
    const result = await stream.result;
    expect(result.text).toBe('all');
    expect(result.finishReason.unified).toBe('unknown');
  });

  it('F03: an end inside a tool call’s arguments gives an error and no call', async () => {
    const call = (args: string, more: object = {}): string =>
      data({
        choices: [
          { delta: { tool_calls: [{ index: 0, function: { arguments: args, ...more } }] } },
        ],
      });
    const opening = data({
      id: 'c1',
      choices: [
        {
          delta: {
            tool_calls: [{ index: 0, id: 't1', function: { name: 'pay', arguments: '' } }],
          },
        },
      ],
    });
    const error = await streamFailure(streamed(opening + call('{"amount": 1')));
    expect(error.code).toBe('stream_interrupted');
    expect(error.partial).toMatchObject({ message: { content: [] } });
  });

  it.each(['fin', 'rst'] as const)(
    'F04, F05: a %s before the last chunk is a lost connection with the partial answer',
    async (end) => {
      const error = await streamFailure(raw(streamHead() + chunk(delta('half')).toString(), end));
      expect(error).toMatchObject({ code: 'connection', retryable: true, sent: 'maybe' });
      expect(error).toMatchObject({ provider: 'p', model: 'm' });
      expect(partialText(error)).toBe('half');
    },
  );

  it('F04: a body shorter than its length is a lost connection', async () => {
    const text = delta('half');
    const headers = { 'content-type': 'text/event-stream', 'content-length': '5000' };
    const error = await streamFailure(raw(head(200, headers) + text, 'fin'));
    expect(error.code).toBe('connection');
    expect(partialText(error)).toBe('half');
  });

  it('a body without a length that ends by closing is whole only with its terminator', async () => {
    const headers = { 'content-type': 'text/event-stream', connection: 'close' };
    const { client } = await start(raw(head(200, headers) + delta('all') + finish() + DONE, 'fin'));
    expect((await (await client.chat.stream(ask)).result).text).toBe('all');
    const error = await streamFailure(raw(head(200, headers) + delta('half'), 'fin'));
    expect(error.code).toBe('stream_interrupted');
  });

  it('F06: an error as data in the middle is that error, by the code in its body', async () => {
    const error = await streamFailure(
      streamed(
        delta('half') + data({ error: { message: 'Too many requests', code: 429 } }) + delta('no'),
      ),
    );
    expect(error).toMatchObject({ code: 'rate_limit', status: 200, provider: 'p' });
    expect(partialText(error)).toBe('half');
  });

  it('F07: an error event in the middle is that error', async () => {
    const body = { type: 'error', error: { type: 'overloaded_error', message: 'busy' } };
    const error = await streamFailure(streamed(`${delta('half')}event: error\n${data(body)}`));
    expect(error).toMatchObject({ code: 'overloaded', retryable: true });
    expect(partialText(error)).toBe('half');
  });

  it('F08: an overloaded error as the first event is retried before anybody sees it', async () => {
    let calls = 0;
    const { client, server } = await start(
      async (connection) => {
        while ((await connection.request()) !== undefined) {
          calls++;
          const text =
            calls === 1
              ? data({ error: { type: 'overloaded_error', message: 'busy' } })
              : delta('good') + finish() + DONE;
          await connection.write(streamHead() + chunk(text).toString() + LAST_CHUNK);
        }
      },
      { baseMs: 1, maxMs: 1 },
    );
    const stream = await client.chat.stream(ask);
    expect((await stream.result).text).toBe('good');
    expect(server.requests).toHaveLength(2);
    expect(stream.meta.attempts).toHaveLength(2);
  });

  it('F09: malformed JSON is a protocol error that does not show the text', async () => {
    const error = await streamFailure(streamed(`${delta('half')}data: {"secret words": \n\n`));
    expect(error.code).toBe('protocol');
    expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain('secret words');
    expect(partialText(error)).toBe('half');
  });

  it('F10: a web page with status 200 is a protocol error, streamed and not', async () => {
    const page = answer(200, '<html>Sign in</html>', {
      'content-type': 'text/html; charset=utf-8',
    });
    for (const work of [
      streamFailure(raw(page)),
      start(raw(page)).then(({ client }) => failureOf(client.chat(ask))),
    ]) {
      expect(await work).toMatchObject({ code: 'protocol', retryable: true, fallbackable: true });
    }
  });

  it('F11: a whole JSON answer on a streamed call becomes events', async () => {
    const { client } = await start(raw(jsonAnswer(200, completion('at once'))));
    const result = await (await client.chat.stream(ask)).result;
    expect(result.text).toBe('at once');
    expect(result.usage).toMatchObject({ inputTokens: 3, outputTokens: 2 });
  });

  it('F12: an error body with status 200 is that error, streamed and not', async () => {
    const body = jsonAnswer(200, { error: { message: 'no credit', code: 'insufficient_quota' } });
    const unary = await start(raw(body));
    for (const error of [await streamFailure(raw(body)), await failureOf(unary.client.chat(ask))]) {
      expect(error).toMatchObject({ code: 'billing', retryable: false, status: 200 });
    }
  });

  it.each([
    ['no body', head(200, { 'content-type': 'text/event-stream', 'content-length': '0' })],
    ['an empty chunked body', streamHead() + LAST_CHUNK],
    ['only comments', `${streamHead()}${chunk(': hi\n\n').toString()}${LAST_CHUNK}`],
  ])('F13: %s with status 200 is an empty response', async (_what, bytes) => {
    const error = await streamFailure(raw(bytes));
    expect(error).toMatchObject({ code: 'empty_response', retryable: true, fallbackable: true });
  });

  it('F14: the terminator ends the stream at once though the socket stays open, and frees it', async () => {
    const { client, server } = await start(
      raw(streamHead() + chunk(delta('all') + finish() + DONE).toString()),
    );
    const stream = await client.chat.stream(ask);
    expect((await stream.result).text).toBe('all');
    await server.closedConnections(1);
  });

  it('F15: what comes after the terminator is ignored, and its connection dropped', async () => {
    const late = delta('late '.repeat(400));
    const { client, server } = await start(async (connection) => {
      await connection.request();
      await connection.write(
        streamHead() + chunk(delta('all') + finish() + DONE + delta('same read')).toString(),
      );
      await connection.write(chunk(late));
    });
    const stream = await client.chat.stream(ask);
    expect((await stream.result).text).toBe('all');
    await server.closedConnections(1);
  });

  it('F16: no usage at all is unknown, not 0', async () => {
    const { client } = await start(streamed(delta('all') + finish() + DONE));
    const stream = await client.chat.stream(ask);
    const result = await stream.result;
    expect(result.usage).toBeUndefined();
  });

  it('usage that came before a failure is on the error', async () => {
    const error = await streamFailure(streamed(delta('half') + usage(7, 1)));
    expect(error.code).toBe('stream_interrupted');
    expect(error.usage).toMatchObject({ inputTokens: 7, outputTokens: 1 });
  });
});
