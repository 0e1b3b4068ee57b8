import { InferwayError, type Model } from '@inferway/core';
import { BytesBody, MultipartBody, decodeMultipart } from '@inferway/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { connect, type Identity, type Session } from '../src/index.js';
import { answer, jsonAnswer, type FaultServer } from '../src/testing/index.js';
import { failureOf } from './support/failure.js';
import { always, LineBench } from './support/line-provider.js';

const bench = new LineBench();
afterEach(async () => {
  await bench.close();
});

const NEVER = new AbortController().signal;

function open(server: FaultServer, rest: Partial<Identity> = {}, model?: Model): Session {
  const connection = connect({
    name: 'acme',
    baseUrl: `${server.origin}/v1`,
    key: { apiKey: 'sk-very-secret-key' },
    headers: { 'x-own': 'yes' },
    ...rest,
  });
  bench.closeLater(connection.transport);
  return connection.session({ signal: NEVER, model });
}

describe('a session', () => {
  it('asks with GET without a body, and posts JSON, forms and bytes with their own content type', async () => {
    const server = await bench.serve(always(jsonAnswer(200, { ok: true })));
    const session = open(server);
    await session.json({ path: 'jobs/1?limit=2' });
    await session.json({ path: 'jobs', body: { a: 1 } });
    await session.json({ path: 'files', body: new BytesBody(new Uint8Array([1, 2]), 'audio/wav') });
    const form = new MultipartBody([{ name: 'purpose', value: 'batch' }]);
    await session.json({ path: 'forms', body: form, method: 'PUT' });
    const [get, post, bytes, put] = server.requests;
    expect(get).toMatchObject({ method: 'GET', path: '/v1/jobs/1?limit=2' });
    expect(get?.headers['content-type']).toBeUndefined();
    expect(get?.headers.authorization).toBe('Bearer sk-very-secret-key');
    expect(post).toMatchObject({ method: 'POST', body: '{"a":1}' });
    expect(post?.headers['content-type']).toBe('application/json');
    expect(bytes?.headers['content-type']).toBe('audio/wav');
    expect([...(bytes?.bytes ?? [])]).toEqual([1, 2]);
    expect(put?.method).toBe('PUT');
    const read = await decodeMultipart(
      put?.bytes ?? new Uint8Array(),
      String(put?.headers['content-type']),
    );
    expect(read.parts).toEqual(form.parts);
  });

  it('classifies a status of 400 and up, names the provider, and shows no key', async () => {
    const server = await bench.serve(
      always(
        jsonAnswer(
          404,
          { error: { message: 'No job. Key sk-very-secret-key' } },
          { 'x-request-id': 'r1' },
        ),
      ),
    );
    const session = open(server, {}, { provider: 'mine', id: 'm' });
    const error = await failureOf(session.json({ path: 'jobs/1' }));
    expect(error).toMatchObject({
      code: 'not_found',
      provider: 'mine',
      model: 'm',
      requestId: 'r1',
      status: 404,
    });
    expect(error.message).not.toContain('sk-very');
  });

  it('sends the key only to its own origin', async () => {
    const server = await bench.serve(always(jsonAnswer(200, {})));
    const session = open(server);
    await session.json({ url: `${server.origin}/elsewhere/x?y=1` });
    expect(server.requests[0]).toMatchObject({ path: '/elsewhere/x?y=1' });
    expect(server.requests[0]?.headers.authorization).toBeDefined();

    const seen: { origin: string; headers: Readonly<Record<string, string>> }[] = [];
    const foreign = open(server, {
      transport: {
        exchange({ origin, headers }) {
          seen.push({ origin, headers });
          return Promise.reject(new InferwayError('connection', { message: 'stop' }));
        },
        close: () => Promise.resolve(),
      },
    });
    await failureOf(foreign.json({ url: 'https://files.example/a?sig=1' }));
    expect(seen[0]?.origin).toBe('https://files.example');
    expect(seen[0]?.headers).not.toHaveProperty('authorization');
    expect(seen[0]?.headers).not.toHaveProperty('x-own');
  });

  it.each([
    'http://127.0.0.1:1/x',
    'file:///etc/passwd',
    'https://u:p@host.example/x',
    'nothing',
    'https://169.254.169.254/latest',
    'https://2130706433/x',
    'https://[::ffff:7f00:1]/x',
    'https://localhost/x',
    'https://localhost./x',
    'https://metadata.google.internal/x',
    'https://printer.local/x',
    'https://router/x',
  ])('follows no address such as %s', async (url) => {
    const server = await bench.serve(always(jsonAnswer(200, {})));
    const session = open(server);
    expect(await failureOf(session.json({ url }))).toMatchObject({
      code: 'protocol',
      provider: 'acme',
    });
    expect(server.requests).toHaveLength(0);
  });

  it('gives bytes as they came, also those that are no text', async () => {
    const server = await bench.serve(
      always(answer(200, new Uint8Array([0, 255, 80]), { 'content-type': 'image/png; x=1' })),
    );
    const session = open(server);
    const file = await session.bytes({ path: 'file' });
    expect(file.mediaType).toBe('image/png');
    expect([...file.data]).toEqual([0, 255, 80]);
  });
});
