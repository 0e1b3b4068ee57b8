import { createClient, InferwayError } from '@inferway/core';
import { openaiChat } from '@inferway/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { defineFileProvider, endpoint, fileBatches, type ProviderFiles } from '../src/index.js';
import { answer, jsonAnswer, type FaultServer, type Scenario } from '../src/testing/index.js';
import { LineBench } from './support/line-provider.js';

const bench = new LineBench();
afterEach(() => bench.close());

const chat = endpoint({ format: openaiChat, path: 'chat/completions' });

function providerOf(server: FaultServer) {
  const provider = defineFileProvider(
    {
      name: 'acme',
      baseUrl: `${server.origin}/v1`,
      key: { apiKey: 'sk-acme-secret' },
      endpoints: { chat },
      batch: fileBatches({ endpoints: { chat } }),
    },
    { uploadPath: 'files/upload', uploadFields: (name) => ({ file_name: name }) },
  );
  bench.closeLater({ close: async () => provider.close?.() });
  return provider;
}

const filesOf = async (scenario: Scenario): Promise<[ProviderFiles, FaultServer]> => {
  const server = await bench.serve(scenario);
  return [providerOf(server).files, server];
};

const caught = (asked: Promise<unknown>): Promise<InferwayError> =>
  asked.then(
    () => expect.unreachable(),
    (reason: unknown) => InferwayError.from(reason),
  );

const silent: Scenario = async (connection) => {
  await connection.request();
  await connection.closed;
};

describe('files that a provider keeps', () => {
  it('are listed page by page, and no page is asked for that nobody reads', async () => {
    const pages: Readonly<Record<string, object>> = {
      '/v1/files?purpose=batch': {
        data: [
          { id: 'f1', purpose: 'batch', created_at: 1_700_000_000 },
          { id: 'f2', purpose: 'vision' },
        ],
        has_more: true,
      },
      '/v1/files?purpose=batch&after=f2': {
        data: [{ id: 'f3', purpose: 'batch', bytes: 3, expires_at: 1_700_000_001 }],
      },
    };
    const [files, server] = await filesOf(async (connection) => {
      for (;;) {
        const request = await connection.request();
        if (request === undefined) return;
        await connection.write(jsonAnswer(200, pages[request.path] ?? {}));
      }
    });
    for await (const file of files.list({ purpose: 'batch' })) {
      expect(file).toMatchObject({ type: 'file-id', id: 'f1', createdAt: 1.7e12 });
      break;
    }
    expect(server.requests).toHaveLength(1);
    const ids: string[] = [];
    for await (const file of files.list({ purpose: 'batch' })) ids.push(file.id);
    expect(ids).toEqual(['f1', 'f3']);
    expect(server.requests).toHaveLength(3);
  });

  it('travel as a form with the provider’s own fields, and come back as bytes', async () => {
    const [files, server] = await filesOf(async (connection) => {
      for (;;) {
        const request = await connection.request();
        if (request === undefined) return;
        await connection.write(
          request.method === 'POST'
            ? jsonAnswer(200, { id: 'f1', filename: 'a.bin', bytes: 3 })
            : answer(200, new Uint8Array([0, 255, 10]), { 'content-type': 'image/png' }),
        );
      }
    });
    const file = await files.upload(new Uint8Array([0, 255, 10]), { purpose: 'x', name: 'a.bin' });
    expect(file).toMatchObject({ id: 'f1', name: 'a.bin', bytes: 3 });
    const [upload] = server.requests;
    expect(upload?.path).toBe('/v1/files/upload');
    expect(upload?.body).toContain('name="file_name"\r\n\r\na.bin\r\n');
    expect(Buffer.from(upload?.bytes ?? []).includes(Buffer.from([0, 255, 10]))).toBe(true);
    const content = await files.content('f1');
    expect(content).toEqual({
      type: 'bytes',
      data: expect.anything(),
      mediaType: 'image/png',
    });
    expect([...content.data]).toEqual([0, 255, 10]);
  });

  it('fail typed, without the key: refused, malformed, a page', async () => {
    const answers = [
      jsonAnswer(401, { error: { message: 'Incorrect API key sk-acme-secret' } }),
      jsonAnswer(200, { object: 'file' }),
      answer(200, '<!doctype html><p>Sign in', { 'content-type': 'text/html' }),
      jsonAnswer(429, { error: { message: 'slow' } }, { 'retry-after': '2' }),
    ];
    const [files] = await filesOf(async (connection) => {
      while ((await connection.request()) !== undefined) {
        await connection.write(answers.shift() ?? '');
      }
    });
    const refused = await caught(files.get('f1'));
    expect(refused).toMatchObject({ code: 'authentication', provider: 'acme', status: 401 });
    expect(refused.message).not.toContain('sk-acme-secret');
    expect(await caught(files.get('f1'))).toMatchObject({ code: 'protocol', provider: 'acme' });
    expect(await caught(files.get('f1'))).toMatchObject({ code: 'protocol', provider: 'acme' });
    expect(await caught(files.get('f1'))).toMatchObject({ code: 'rate_limit', retryAfterMs: 2000 });
  });
});

describe('a signal', () => {
  it('ends an upload, a look and an order that wait, and closes their connections', async () => {
    const server = await bench.serve(silent);
    const provider = providerOf(server);
    const client = createClient({ providers: [provider] });
    const messages = [{ role: 'user' as const, content: 'hi' }];
    const waiting: ((signal: AbortSignal) => Promise<unknown>)[] = [
      (signal) => provider.files.upload(new Uint8Array(9), { purpose: 'x', signal }),
      (signal) => client.batch.status('acme/b', { signal }),
      (signal) => client.batch.create({ model: 'acme/m', items: [{ messages }] }, { signal }),
      async (signal) => {
        for await (const _outcome of client.batch.results('acme/b', { signal })) return;
      },
    ];
    for (const [index, wait] of waiting.entries()) {
      const controller = new AbortController();
      const failing = caught(wait(controller.signal));
      while (server.requests.length <= index) await new Promise(setImmediate);
      controller.abort();
      expect(await failing).toMatchObject({ code: 'aborted' });
      await server.closedConnections(index + 1);
    }
  });
});
