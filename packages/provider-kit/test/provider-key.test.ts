import { createClient, Credential, InferwayError, type Middleware } from '@inferway/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { jsonAnswer } from '../src/testing/index.js';
import { failureOf } from './support/failure.js';
import { always, ask, LineBench } from './support/line-provider.js';

const bench = new LineBench();
afterEach(async () => {
  await bench.close();
  vi.unstubAllEnvs();
});

describe('the key', () => {
  it('of a call wins over the provider’s own', async () => {
    const server = await bench.serve(always(jsonAnswer(200, { text: 'hi' })));
    const given: Middleware = (call, next) =>
      next({ ...call, credential: new Credential('sk-of-the-call', 'pool#1') });
    const client = createClient({ providers: [bench.provide(server)], middleware: [given] });
    const reply = await client.chat(ask);
    expect(server.requests[0]?.headers.authorization).toBe('Bearer sk-of-the-call');
    expect(reply.meta.attempts?.[0]?.credential).toBe('pool#1');
  });

  it('is read from the environment on the first call', async () => {
    const server = await bench.serve(always(jsonAnswer(200, { text: 'hi' })));
    const provider = bench.provide(server, {
      key: { env: ['LINE_TEST_KEY_A', 'LINE_TEST_KEY_B'] },
    });
    const client = createClient({ providers: [provider] });
    const error = await failureOf(client.chat(ask));
    expect(error).toMatchObject({ code: 'authentication', sent: 'no', retryable: false });
    expect(error.message).toContain('LINE_TEST_KEY_A or LINE_TEST_KEY_B');
    expect(error.message).toContain('"apiKey"');
    vi.stubEnv('LINE_TEST_KEY_B', 'from-env');
    await client.chat(ask);
    expect(server.requests[0]?.headers.authorization).toBe('Bearer from-env');
  });

  it('may be missing where it is optional', async () => {
    const server = await bench.serve(always(jsonAnswer(200, { text: 'hi' })));
    const client = createClient({
      providers: [bench.provide(server, { key: { optional: true } })],
    });
    await client.chat(ask);
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it.each(['sk-line\n-hunter2', 'sk-line-hunter2\r', 'sk-line-hunter2€', 'sk-line\u0000-hunter2'])(
    'with a character that no header carries is refused without being shown',
    async (apiKey) => {
      const server = await bench.serve(() => {});
      const thrown = (): unknown => bench.provide(server, { key: { apiKey } });
      expect(thrown).toThrow(InferwayError);
      expect(thrown).toThrow(/option "apiKey" (?:holds|has) /u);
      expect(thrown).not.toThrow(/hunter2/u);
      vi.stubEnv('LINE_TEST_KEY', apiKey.replaceAll('\u0000', '\u0001'));
      const client = createClient({
        providers: [bench.provide(server, { key: { env: ['LINE_TEST_KEY'] } })],
      });
      const error = await failureOf(client.chat(ask));
      expect(error).toMatchObject({ code: 'configuration' });
      expect(error.message).toContain('LINE_TEST_KEY');
      expect(error.message).not.toMatch(/sk-line|hunter2/u);
      expect(server.connections).toHaveLength(0);
    },
  );
});
