import {
  createClient,
  InferwayError,
  type BatchOutcome,
  type ClientBatchOutcome,
} from '@inferway/core';
import { openaiChat, openaiTranscriptions } from '@inferway/wire';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  connect,
  defineFileProvider,
  endpoint,
  fileBatches,
  type FileBatchSettings,
} from '../src/index.js';
import { OutcomeDecoder } from '../src/batch/outcome-decoder.js';
import { answer, head, jsonAnswer, type FaultServer, type Scenario } from '../src/testing/index.js';
import { LineBench } from './support/line-provider.js';
import { completion } from './support/openai-chat.js';

const bench = new LineBench();
afterEach(() => bench.close());

const chat = endpoint({ format: openaiChat, path: 'chat/completions' });

/** Answers each path as told, and 404 elsewhere. */
const paths =
  (answers: Readonly<Record<string, string | Uint8Array>>): Scenario =>
  async (connection) => {
    for (;;) {
      const request = await connection.request();
      if (request === undefined) return;
      const missing = jsonAnswer(404, { error: { message: 'No such File object', code: null } });
      await connection.write(answers[`${request.method} ${request.path}`] ?? missing);
    }
  };

function clientOf(server: FaultServer, settings: Partial<FileBatchSettings> = {}) {
  const provider = defineFileProvider({
    name: 'acme',
    baseUrl: `${server.origin}/v1`,
    key: { apiKey: 'sk-acme-secret' },
    endpoints: { chat },
    batch: fileBatches({ endpoints: { chat }, ...settings }),
  });
  bench.closeLater({ close: async () => provider.close?.() });
  return createClient({ providers: [provider] });
}

const items = ['a', 'b'].map((id) => ({
  id,
  messages: [{ role: 'user' as const, content: `to ${id}, grüße` }],
}));

const done = (more: object = {}): object => ({
  id: 'batch_1',
  object: 'batch',
  endpoint: '/v1/chat/completions',
  status: 'completed',
  created_at: 1_700_000_000,
  output_file_id: 'file-out',
  error_file_id: 'file-err',
  ...more,
});

const answered = (id: string, text = `for ${id}`): object => ({
  id: `batch_req_${id}`,
  custom_id: id,
  response: { status_code: 200, request_id: `req_${id}`, body: completion(text) },
  error: null,
});

async function all(
  outcomes: AsyncIterable<ClientBatchOutcome<'chat'>>,
): Promise<ClientBatchOutcome<'chat'>[]> {
  const list: ClientBatchOutcome<'chat'>[] = [];
  for await (const outcome of outcomes) list.push(outcome);
  return list;
}

const caught = (asked: Promise<unknown>): Promise<InferwayError> =>
  asked.then(
    () => expect.unreachable(),
    (reason: unknown) => InferwayError.from(reason),
  );

describe('batches that travel as files', () => {
  it('upload lines, order them, and read both files as they arrive', async () => {
    const jsonl = (lines: readonly object[]): string =>
      lines.map((line) => `${JSON.stringify(line)}\r\n`).join('');
    const failed = {
      custom_id: 'b',
      response: {
        status_code: 429,
        request_id: 'req_b',
        body: { error: { message: 'Slow down', code: 'rate_limit_exceeded' } },
      },
      error: null,
    };
    const server = await bench.serve(
      paths({
        'POST /v1/files': jsonAnswer(200, { id: 'file-in', object: 'file' }),
        'POST /v1/batches': jsonAnswer(200, done({ status: 'validating', output_file_id: null })),
        'GET /v1/batches/batch_1': jsonAnswer(200, done()),
        'GET /v1/files/file-out/content': answer(200, jsonl([answered('a')])),
        'GET /v1/files/file-err/content': answer(200, jsonl([failed]).trimEnd()),
      }),
    );
    const client = clientOf(server);
    const job = await client.batch.create({ model: 'acme/m', items, metadata: { run: '1' } });
    expect(job).toMatchObject({ id: 'acme/batch_1', status: 'pending', createdAt: 1.7e12 });
    const [upload, order] = server.requests;
    expect(upload?.headers['content-type']).toMatch(/^multipart\/form-data/u);
    expect(upload?.body).toContain('name="purpose"\r\n\r\nbatch\r\n');
    const lines = upload?.body.split('\r\n').find((part) => part.startsWith('{')) ?? '';
    expect(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject(
      items.map(({ id, messages }) => ({
        custom_id: id,
        method: 'POST',
        url: '/v1/chat/completions',
        body: { model: 'm', messages },
      })),
    );
    expect(JSON.parse(order?.body ?? '')).toEqual({
      input_file_id: 'file-in',
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      metadata: { run: '1' },
    });
    expect(await all(client.batch.results(job.id))).toMatchObject([
      { id: 'a', status: 'succeeded', requestId: 'req_a', usage: { inputTokens: 3 } },
      {
        id: 'b',
        status: 'failed',
        error: { code: 'rate_limit', status: 429, requestId: 'req_b', provider: 'acme' },
      },
    ]);
  });

  it('are read the same in any bytes; junk is a failed outcome and ends nothing', () => {
    const connection = connect({ name: 'acme', baseUrl: 'http://localhost', key: { apiKey: 'k' } });
    const source = {
      connection,
      endpoint: chat as never,
      model: 'm',
      secrets: [],
      now: 0,
      warn: () => undefined,
    };
    const read = (chunks: readonly Uint8Array[]): BatchOutcome[] => {
      const decoder = new OutcomeDecoder(source, 'file-1');
      const out: BatchOutcome[] = [];
      for (const chunk of chunks) decoder.bytes(chunk, out);
      decoder.end(out);
      return out;
    };
    const good = fc
      .tuple(fc.stringMatching(/^[a-z]{1,8}$/u), fc.string())
      .map(([id, text]) => JSON.stringify(answered(id, text)));
    const junk = fc.oneof(
      fc.string().map((text) => text.replaceAll(/[\r\n]/gu, ' ')),
      fc.json().map((text) => text.replaceAll(/[\r\n]/gu, ' ')),
      fc.constantFrom('{"custom_id":"x"}', '{"custom_id":"x","response":{"body":7}}'),
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(good, junk), { maxLength: 8 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 }),
        (lines, lineEnd, ended, sizes) => {
          const bytes = new TextEncoder().encode(lines.join(lineEnd) + (ended ? lineEnd : ''));
          const chunks: Uint8Array[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1;
            chunks.push(bytes.subarray(at, at + size));
            at += size;
          }
          const whole = read([bytes]);
          expect(JSON.stringify(read(chunks))).toBe(JSON.stringify(whole));
          expect(whole).toHaveLength(lines.filter((line) => line.trim() !== '').length);
          for (const outcome of whole) {
            if (outcome.status !== 'succeeded') expect(InferwayError.is(outcome.error)).toBe(true);
          }
        },
      ),
    );
  });

  it('do not send what the provider would refuse for its size, and do not split it in silence', async () => {
    const server = await bench.serve(paths({}));
    const many = clientOf(server, { mostItems: 1 });
    const tooMany = await caught(many.batch.create({ model: 'acme/m', items }));
    expect(tooMany).toMatchObject({ code: 'too_large', provider: 'acme', param: 'items' });
    expect(tooMany.message).toMatch(/2 items is more than the 1/u);
    // One byte less than both lines with their ends.
    const line = (item: (typeof items)[0]): number =>
      Buffer.byteLength(
        JSON.stringify({
          custom_id: item.id,
          method: 'POST',
          url: '/v1/chat/completions',
          body: { model: 'm', messages: item.messages },
        }),
      ) + 1;
    const size = items.reduce((sum, item) => sum + line(item), 0);
    const big = clientOf(server, { mostBytes: size - 1 });
    const tooBig = await caught(big.batch.create({ model: 'acme/m', items }));
    expect(tooBig.message).toMatch(/item 2 of 2 goes over/u);
    const fits = clientOf(server, { mostBytes: size });
    expect(await caught(fits.batch.create({ model: 'acme/m', items }))).toMatchObject({
      code: 'not_found',
    });
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/files']);
  });

  it('name the item that cannot be said in a line', async () => {
    const server = await bench.serve(paths({}));
    const transcribe = endpoint({ format: openaiTranscriptions, path: 'audio/transcriptions' });
    const provider = defineFileProvider({
      name: 'acme',
      baseUrl: server.origin,
      key: { apiKey: 'k-acme-secret' },
      endpoints: { transcribe },
      batch: fileBatches({ endpoints: { transcribe } }),
    });
    const client = createClient({ providers: [provider] });
    const error = await caught(
      client.batch.create({
        model: 'acme/m',
        operation: 'transcribe',
        items: [{ id: 'talk', audio: new Uint8Array(8) }],
      }),
    );
    expect(error).toMatchObject({ code: 'invalid_request', param: 'items[0]' });
    expect(error.message).toMatch(/Item "talk".*bytes/u);
    expect(server.requests).toHaveLength(0);
    await provider.close?.();
  });

  it('say why a whole batch failed, and what its warnings are', async () => {
    const problem = { code: 'mismatched_model', message: 'One model only.', line: 2, param: null };
    const server = await bench.serve(
      paths({
        'GET /v1/batches/b1': jsonAnswer(
          200,
          done({
            status: 'failed',
            output_file_id: null,
            error_file_id: null,
            errors: { object: 'list', data: [problem] },
          }),
        ),
        'GET /v1/batches/b2': jsonAnswer(200, { status: 'completed' }),
        'GET /v1/batches/b3': jsonAnswer(200, done({ endpoint: '/v1/videos' })),
        'GET /v1/batches/b4': jsonAnswer(200, done({ status: 'dreaming' })),
      }),
    );
    const client = clientOf(server);
    expect(await client.batch.status('acme/b1')).toMatchObject({
      status: 'failed',
      errors: [{ code: 'invalid_request', providerCode: 'mismatched_model' }],
    });
    const why = await caught(all(client.batch.results('acme/b1')));
    expect(why.message).toMatch(/One model only. \(line 2 of its file\)/u);
    expect(await caught(client.batch.status('acme/b2'))).toMatchObject({ code: 'protocol' });
    expect(await caught(all(client.batch.results('acme/b3')))).toMatchObject({
      code: 'unsupported',
    });
    // A status of tomorrow is not over.
    expect(await client.batch.status('acme/b4')).toMatchObject({ status: 'running' });
    expect(await caught(all(client.batch.results('acme/b4')))).toMatchObject({ code: 'conflict' });
  });

  it('end with an error where a file of outcomes breaks off, after what had come', async () => {
    const line = `${JSON.stringify(answered('a'))}\n`;
    const cut = head(200, { 'content-length': String(line.length + 500) }) + line;
    const server = await bench.serve(async (connection) => {
      for (;;) {
        const request = await connection.request();
        if (request === undefined) return;
        if (request.path.endsWith('/content')) {
          await connection.write(cut);
          connection.socket.end();
          return;
        }
        await connection.write(jsonAnswer(200, done()));
      }
    });
    const seen: string[] = [];
    const reading = async (): Promise<void> => {
      for await (const { id } of clientOf(server).batch.results('acme/batch_1')) seen.push(id);
    };
    expect(await caught(reading())).toMatchObject({ code: 'connection', provider: 'acme' });
    expect(seen).toEqual(['a']);
  });

  it('let a reader go at once, and close the connection', async () => {
    const server = await bench.serve(async (connection) => {
      for (;;) {
        const request = await connection.request();
        if (request === undefined) return;
        if (request.path.endsWith('/content')) {
          const line = `${JSON.stringify(answered('a'))}\n`;
          await connection.write(`${head(200, { 'content-length': '1000000' })}${line}`);
          await connection.closed;
          return;
        }
        await connection.write(jsonAnswer(200, done()));
      }
    });
    for await (const outcome of clientOf(server).batch.results('acme/batch_1')) {
      expect(outcome.id).toBe('a');
      break;
    }
    await server.closedConnections(1);
    const controller = new AbortController();
    const { signal } = controller;
    const reading = async (): Promise<void> => {
      for await (const outcome of clientOf(server).batch.results('acme/batch_1', { signal })) {
        expect(outcome.id).toBe('a');
        controller.abort();
      }
    };
    expect(await caught(reading())).toMatchObject({ code: 'aborted' });
    await server.closedConnections(2);
  });
});
