import {
  createClient,
  stateKey,
  type ChatEvent,
  type Middleware,
  type State,
} from '@inferway/core';
import { coalesce } from '@inferway/core/caching';
import { cost, priceTable, retry, type Charge } from '@inferway/core/middleware';
import { hedge, resume } from '@inferway/core/resilience';
import { createOpenAICompatible } from '@inferway/openai-compatible';
import {
  chunk,
  faultServer,
  jsonAnswer,
  LAST_CHUNK,
  streamHead,
  type FaultServer,
  type Scenario,
} from '@inferway/provider-kit/testing';
import { seededRandom } from '@inferway/core/testing';
import { describe, expect, onTestFinished, test } from 'vitest';

// Hedges, shared calls and answers that go on, over real sockets.

const ask = {
  model: 'local/m',
  messages: [{ role: 'user', content: 'Tell me of the sea.' }],
} as const;

async function start(scenario: Scenario, middleware: readonly Middleware[]) {
  const server = await faultServer(scenario);
  const provider = createOpenAICompatible({ name: 'local', baseUrl: `${server.origin}/v1` });
  const client = createClient({ providers: [provider], middleware });
  onTestFinished(async () => {
    await client.close();
    await server.close();
  });
  return { server, client };
}

const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
const delta = (content: string): string =>
  data({ id: 'c1', model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const END =
  data({ id: 'c1', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) +
  data({ id: 'c1', choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } }) +
  'data: [DONE]\n\n';
const whole = (content: string): Buffer =>
  jsonAnswer(200, {
    id: 'c1',
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 7, completion_tokens: 3 },
  });

/** Closes when the client closed the connection of a request that it no longer waits for. */
const closed = (server: FaultServer, number: number): Promise<void> | undefined =>
  server.connections[number - 1]?.closed;

test('a copy that wins closes the connection of the one that lost, which is charged as maybe billed', async () => {
  const charges: [number, Charge['status'], string | undefined][] = [];
  const { server, client } = await start(
    async (connection) => {
      await connection.request();
      // The first one never answers.
      if (connection.number > 1) await connection.write(whole('from the copy'));
    },
    [
      hedge({ delayMs: 30 }),
      cost({
        prices: priceTable({ 'local/*': { input: 1, output: 1 } }),
        onCharge: ({ attempt, status }) => charges.push([attempt.number, status, attempt.billed]),
      }),
    ],
  );
  const { text, meta } = await client.chat(ask);
  expect(text).toBe('from the copy');
  await closed(server, 1);
  expect(server.requests).toHaveLength(2);
  expect(meta.attempts).toMatchObject([{ number: 1, error: 'aborted' }, { number: 2 }]);
  expect(charges.toSorted()).toEqual([
    [1, 'cancelled', 'maybe'],
    [2, 'complete', 'yes'],
  ]);
});

test('a caller who leaves closes the connections of all copies', async () => {
  const { server, client } = await start(
    async (connection) => void (await connection.request()),
    [hedge({ delayMs: 10, attempts: 3, share: 1 })],
  );
  const controller = new AbortController();
  const call = client.chat(ask, { signal: controller.signal }).catch((reason: unknown) => reason);
  // One copy is there at the start, another one is earned by the call.
  while (server.requests.length < 3) await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  expect(await call).toMatchObject({ code: 'aborted' });
  await server.closedConnections(3);
});

describe('a connection that is reset in mid-stream', () => {
  const broken: Scenario = async (connection) => {
    for (;;) {
      const request = await connection.request();
      if (request === undefined) return;
      const { messages } = JSON.parse(request.body) as {
        messages: { role: string; content: string }[];
      };
      const last = messages.at(-1);
      await connection.write(streamHead());
      if (last?.role === 'assistant') {
        await connection.write(chunk(delta(last.content === 'The sea' ? ' is wide.' : ' lost')));
        await connection.write(chunk(END));
        await connection.write(LAST_CHUNK);
      } else if (connection.number === 1) {
        await connection.write(chunk(delta('The ')));
        await connection.write(chunk(delta('sea')));
        await new Promise((resolve) => setTimeout(resolve, 20));
        connection.socket.resetAndDestroy();
        return;
      } else {
        await connection.write(chunk(delta('All of it anew.')));
        await connection.write(chunk(END));
        await connection.write(LAST_CHUNK);
      }
    }
  };

  test('goes on from the partial answer', async () => {
    const { server, client } = await start(broken, [
      resume({ mode: 'continue', prefill: ['local/*'], baseMs: 1 }),
      retry(),
    ]);
    const stream = await client.chat.stream(ask);
    const events: ChatEvent[] = [];
    for await (const event of stream) events.push(event);
    expect((await stream.result).text).toBe('The sea is wide.');
    expect(events.filter(({ type }) => type === 'resumed')).toMatchObject([
      { mode: 'continue', error: 'connection', provider: 'local', model: 'm' },
    ]);
    expect(server.requests).toHaveLength(2);
    expect(stream.usage).toMatchObject({ inputTokens: expect.any(Number), estimated: true });
  });

  test('begins anew where that was asked for', async () => {
    const { client } = await start(broken, [resume({ mode: 'restart', baseMs: 1 }), retry()]);
    const stream = await client.chat.stream(ask);
    expect(await stream.text).toBe('All of it anew.');
    expect(stream.meta.attempts?.map(({ error }) => error)).toEqual(['connection', undefined]);
  });

  test('fails, with what came, where nobody asked for more (F59, F61)', async () => {
    const { server, client } = await start(broken, [retry()]);
    const stream = await client.chat.stream(ask);
    const error = await stream.result.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'connection' });
    expect((error as { partial: unknown }).partial).toMatchObject({
      message: { content: [{ type: 'text', text: 'The sea' }] },
    });
    expect(server.requests).toHaveLength(1);
  });
});

test('two tenants that share calls under random aborts never see a byte of each other (S20)', async () => {
  const tenant = stateKey<string>('tenant');
  const TENANTS = ['ada', 'bob'] as const;
  // The server answers with the canary of the key that it was asked with.
  const { server } = await start(async (connection) => {
    for (;;) {
      const request = await connection.request();
      if (request === undefined) return;
      const canary = `${request.headers['x-tenant']}-canary `;
      await connection.write(streamHead());
      for (let word = 0; word < 8; word++) {
        await connection.write(chunk(delta(canary)));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await connection.write(chunk(END));
      await connection.write(LAST_CHUNK);
    }
  }, []);
  const providers = TENANTS.map((name) =>
    createOpenAICompatible({
      name,
      baseUrl: `${server.origin}/v1`,
      headers: { 'x-tenant': name },
    }),
  );
  let asked = 0;
  // All ask for the same model: only the scope keeps them apart.
  const byTenant: Middleware = (call, next) => {
    asked++;
    return next({ ...call, model: { provider: call.state.get(tenant) ?? '', id: 'm' } });
  };
  const client = createClient({
    providers,
    middleware: [coalesce({ scope: (call) => call.state.get(tenant) }), byTenant],
  });
  onTestFinished(() => client.close());

  const random = seededRandom(7);
  const seen = { ada: 0, bob: 0, foreign: 0, whole: 0, left: 0 };
  const one = async (): Promise<void> => {
    const whose = TENANTS[random() < 0.5 ? 0 : 1] as (typeof TENANTS)[number];
    const other = whose === 'ada' ? 'bob' : 'ada';
    const controller = new AbortController();
    const leaves = random() < 0.5;
    const after = Math.floor(random() * 20);
    const timer = leaves ? setTimeout(() => controller.abort(), after) : undefined;
    await new Promise((resolve) => setTimeout(resolve, Math.floor(random() * 40)));
    let text = '';
    try {
      const stream = await client.chat.stream(
        { model: 'ada/m', messages: ask.messages },
        { signal: controller.signal, state: (state: State) => state.set(tenant, whose) },
      );
      for await (const event of stream) {
        if (event.type === 'text-delta') text += event.text;
        if (leaves && random() < 0.05) break;
      }
      if (text === `${whose}-canary `.repeat(8)) seen.whole++;
      else expect(leaves).toBe(true);
    } catch (reason) {
      expect(reason).toMatchObject({ code: 'aborted' });
      seen.left++;
    } finally {
      clearTimeout(timer);
    }
    expect(`${whose}-canary `.repeat(8).startsWith(text)).toBe(true);
    if (text.includes(other)) seen.foreign++;
    if (text !== '') seen[whose]++;
  };
  await Promise.all(Array.from({ length: 400 }, one));
  expect(seen.foreign).toBe(0);
  expect(Math.min(seen.ada, seen.bob, seen.whole, seen.left)).toBeGreaterThan(10);
  // They did share.
  expect(asked).toBeLessThan(200);
});
