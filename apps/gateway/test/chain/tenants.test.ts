import { randomBytes } from 'node:crypto';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withService } from '@inferway/conformance';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { ConfigInput } from '../../src/config/config.js';
import { REDIS, testPrefix } from '../support/books.js';
import { startStack } from '../support/start-stack.js';

const PIECES = 12;
const ENVIRONMENT = { KEY_A: 'iw_key-of-a', KEY_A2: 'iw_second-of-a', KEY_B: 'iw_key-of-b' };
const KEYS: NonNullable<ConfigInput['keys']> = [
  { id: 'a', key: '${KEY_A}', tenant: 'acme' },
  { id: 'a2', key: '${KEY_A2}', tenant: 'acme' },
  { id: 'b', key: '${KEY_B}', tenant: 'bolt' },
];

/** An OpenAI-compatible server that answers each request with a canary of its own, and finds all texts alike. */
async function canaries(): Promise<{ baseUrl: string; given: () => number }> {
  let given = 0;
  const server = createServer((asked, answer) => {
    const chunks: Buffer[] = [];
    asked.on('data', (chunk: Buffer) => chunks.push(chunk));
    asked.on('end', () => {
      if (asked.method === 'GET') {
        respond(answer, { data: [{ id: 'm' }, { id: 'e' }] });
        return;
      }
      if (asked.url?.endsWith('/embeddings') === true) {
        respond(answer, { data: [{ index: 0, embedding: [1, 0] }], usage: { prompt_tokens: 1 } });
        return;
      }
      const { stream } = JSON.parse(Buffer.concat(chunks).toString()) as { stream?: boolean };
      given += 1;
      const canary = `<${randomBytes(8).toString('hex')}>`;
      if (stream === true) void trickle(answer, canary);
      else setTimeout(() => respond(answer, whole(canary.repeat(PIECES))), 3);
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}/v1`, given: () => given };
}

function respond(answer: ServerResponse, body: object): void {
  answer.setHeader('content-type', 'application/json');
  answer.end(JSON.stringify(body));
}

function whole(content: string): object {
  const message = { role: 'assistant', content };
  return {
    id: 'x',
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 2 },
  };
}

async function trickle(answer: ServerResponse, canary: string): Promise<void> {
  answer.setHeader('content-type', 'text/event-stream');
  const say = (choice: object): boolean =>
    answer.write(`data: ${JSON.stringify({ id: 'x', choices: [{ index: 0, ...choice }] })}\n\n`);
  for (let piece = 0; piece < PIECES && !answer.destroyed; piece += 1) {
    say({ delta: { content: canary } });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  say({ delta: {}, finish_reason: 'stop' });
  answer.end('data: [DONE]\n\n');
}

interface Ask {
  readonly key: string;
  readonly question: number;
  readonly stream: boolean;
  /** Milliseconds after which the caller leaves. */
  readonly leaves: number | undefined;
  readonly after: number;
}

/** All that came before the answer ended, or the caller left. */
function ask(
  url: string,
  { key, question, stream, leaves }: Ask,
): Promise<{ text: string; cache: unknown }> {
  return new Promise((resolve) => {
    let text = '';
    let cache: unknown;
    const asked = request(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
    });
    const over = (): void => resolve({ text, cache });
    asked.on('error', over);
    asked.on('response', (response) => {
      cache = response.headers['x-inferway-cache'];
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('error', () => {});
      response.on('close', over);
    });
    const messages = [{ role: 'user', content: `Tell me about ${'ABC'[question]}` }];
    asked.end(JSON.stringify({ model: 'echo/m', stream, messages }));
    if (leaves !== undefined) setTimeout(() => asked.destroy(), leaves);
  });
}

const found = (text: string): string[] => [...new Set(text.match(/<[\da-f]{16}>/gu))];

const asks = fc.array(
  fc.record({
    key: fc.constantFrom(...Object.values(ENVIRONMENT)),
    question: fc.nat(2),
    stream: fc.boolean(),
    leaves: fc.option(fc.nat(60), { nil: undefined }),
    after: fc.nat(30),
  }),
  { minLength: 20, maxLength: 40 },
);

const CHAINS: Readonly<Record<string, ConfigInput>> = {
  'a cache': { cache: { staleMs: 1000, ttlMs: 20 } },
  'a guarded cache': { cache: { guard: true } },
  'calls that share one': { coalesce: true },
  'a semantic cache': { semanticCache: { model: 'echo/e', threshold: 0.5 }, coalesce: true },
};

function isolation(name: string, config: () => ConfigInput, environment = {}): void {
  test(`${name}: under calls that come together and leave at any time, no tenant gets a byte of another's answers`, async () => {
    const { baseUrl } = await canaries();
    const { url, complaints } = await startStack(
      {},
      { keys: KEYS, providers: { echo: { baseUrl } }, ...config() },
      [],
      { ...ENVIRONMENT, ...environment },
    );
    const seen = new Map<string, string>();
    let answers = 0;
    await fc.assert(
      fc.asyncProperty(asks, async (calls) => {
        await Promise.all(
          calls.map(async (call) => {
            await new Promise((resolve) => setTimeout(resolve, call.after));
            const tenant = call.key === ENVIRONMENT.KEY_B ? 'bolt' : 'acme';
            const { text } = await ask(url, call);
            const canary = found(text);
            // One answer is of one request to the provider, whoever shares it.
            expect(canary.length).toBeLessThanOrEqual(1);
            for (const one of canary) {
              answers += 1;
              expect(seen.get(one) ?? tenant).toBe(tenant);
              seen.set(one, tenant);
            }
          }),
        );
      }),
      { numRuns: 6 },
    );
    // Answers were shared, within both tenants.
    expect(seen.size).toBeLessThan(answers);
    expect(new Set(seen.values()).size).toBe(2);
    expect(complaints).toEqual([]);
  });
}

for (const [name, config] of Object.entries(CHAINS)) isolation(name, () => config);

await withService(REDIS, (url) => {
  isolation(
    'a cache in Redis',
    () => ({ cache: {}, stores: { redis: '${REDIS_URL}', prefix: testPrefix(url), processes: 1 } }),
    { REDIS_URL: url },
  );
});

test('keys of one tenant share answers, and a stale one says that it is', async () => {
  const { baseUrl, given } = await canaries();
  const config = { cache: { ttlMs: 30, staleMs: 60_000 }, providers: { echo: { baseUrl } } };
  const { url } = await startStack({}, { keys: KEYS, ...config }, [], ENVIRONMENT);
  const once = (key: string) =>
    ask(url, { key, question: 0, stream: false, leaves: undefined, after: 0 });
  expect((await once(ENVIRONMENT.KEY_A)).cache).toBe('miss');
  const shared = await once(ENVIRONMENT.KEY_A2);
  expect(['hit', 'stale']).toContain(shared.cache);
  expect((await once(ENVIRONMENT.KEY_B)).cache).toBe('miss');
  expect(given()).toBe(2);
  await new Promise((resolve) => setTimeout(resolve, 40));
  const stale = await once(ENVIRONMENT.KEY_A);
  expect(stale.cache).toBe('stale');
  expect(found(stale.text)).toEqual(found(shared.text));
  await vi.waitFor(async () =>
    expect(found((await once(ENVIRONMENT.KEY_A)).text)).not.toEqual(found(stale.text)),
  );
});
