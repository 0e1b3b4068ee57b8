import { createClient, InferwayError, type Client } from '@inferway/core';
import { virtualClock, type VirtualClock } from '@inferway/core/testing';
import {
  createHuggingFace,
  createHuggingFaceEndpoint,
  type HuggingFaceEndpointOptions,
  type HuggingFaceProvider,
} from '@inferway/huggingface';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answered, router } from './support/router.js';

type Options = HuggingFaceEndpointOptions & { readonly name?: undefined };

let clock: VirtualClock;
let simulator: Simulator;
const open: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  vi.stubEnv('HF_TOKEN', '');
  vi.stubEnv('HUGGING_FACE_HUB_TOKEN', '');
  // One time for both sides.
  clock = virtualClock();
  simulator = createSimulator({ clock });
  await simulator.listen();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(open.splice(0).map((one) => one.close()));
  await simulator.close();
});

/** Lets time pass until the promise is settled, but only while somebody waits for it: sockets are real. */
async function passing<T>(promise: Promise<T>): Promise<T> {
  let over = false;
  const end = promise.finally(() => {
    over = true;
  });
  end.catch(() => {});
  while (!over) {
    for (let turn = 0; turn < 20 && !over; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (!over && clock.timers > 0) await clock.advance(250);
  }
  return end;
}

async function failureOf(promise: Promise<unknown>): Promise<InferwayError> {
  const reason: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!InferwayError.is(reason)) throw new Error(`no InferwayError: ${String(reason)}`);
  return reason;
}

const cold = 'huggingface/inferway/sim-fill-mask-cold:hf-inference' as const;
function connect(loadingMs?: number): Client<HuggingFaceProvider> {
  const client = createClient({
    clock,
    providers: [
      createHuggingFace({
        apiKey: 'hf_simulated',
        baseUrl: simulator.baseUrls.huggingface,
        hubUrl: simulator.baseUrls.huggingfaceRoot,
        loadingMs,
      }),
    ],
  });
  open.push(client);
  return client;
}

describe('a model that is being loaded', () => {
  const request = { model: cold, task: 'fill-mask', inputs: 'A [MASK].' } as const;

  test('is waited for as long as it says, and asked few times', async () => {
    const answer = await passing(connect().task(request));
    expect(answer.output[0]?.sequence).toBe('A the.');
    expect(simulator.requests.length).toBeLessThan(6);
    expect(simulator.requests.at(-1)?.status).toBe(200);
  });

  test('is given up when the time for it is over, with a cure that is not to try again', async () => {
    const error = await passing(failureOf(connect(5000).task(request)));
    expect(error).toMatchObject({
      code: 'overloaded',
      status: 503,
      retryable: false,
      fallbackable: true,
    });
    expect(error.message).toContain('still starting after');
    expect(error.message).toContain('currently loading');
  });

  test('is not waited for beyond the call’s own deadline', async () => {
    const error = await passing(failureOf(connect().task(request, { timeoutMs: 3000 })));
    expect(error.code).toBe('overloaded');
    expect(clock.now()).toBeLessThan(3000);
  });

  test('is left at once where the caller leaves, or where no wait is wanted', async () => {
    const leaving = new AbortController();
    const failing = failureOf(connect().task(request, { signal: leaving.signal }));
    setTimeout(() => leaving.abort(), 50);
    expect((await failing).code).toBe('aborted');
    const asked = simulator.requests.length;
    expect(await passing(failureOf(connect(0).task(request)))).toMatchObject({
      code: 'overloaded',
      retryable: true,
    });
    expect(simulator.requests.length).toBe(asked + 1);
  });
});

describe('a dedicated endpoint', () => {
  const messages = [{ role: 'user', content: 'Say something.' }] as const;
  const at = (name: string, more: Partial<Options> = {}): Options => ({
    url: `${simulator.baseUrls.huggingfaceRoot}/endpoints/${name}/v1/chat/completions`,
    apiKey: 'hf_simulated',
    ...more,
  });
  const reach = (options: Options) => {
    const client = createClient({ clock, providers: [createHuggingFaceEndpoint(options)] });
    open.push(client);
    return client;
  };
  const model = 'endpoint/sim-chat' as const;

  test('that is scaled to zero holds the request until it runs', async () => {
    const answer = await passing(reach(at('vllm-cold')).chat({ model, messages }));
    expect(answer.text).not.toBe('');
    expect(simulator.requests.length).toBe(1);
    expect(simulator.requests.at(0)?.headers['x-scale-up-timeout']).toBe('600');
    expect(clock.now()).toBeGreaterThanOrEqual(30_000);
  });

  test.each(['tgi-cold', 'llama.cpp-cold', 'sglang-cold'])(
    '"%s" that refuses while it starts is asked again',
    async (name) => {
      const headers = { 'x-scale-up-timeout': '0' };
      const stream = await passing(reach(at(name, { headers })).chat.stream({ model, messages }));
      expect(await stream.text).not.toBe('');
      const statuses = simulator.requests.toArray().map(({ status }) => status);
      expect(statuses.slice(0, -1).every((status) => status === 503)).toBe(true);
      expect(statuses.at(-1)).toBe(200);
      expect(statuses.length).toBeLessThan(15);
    },
  );

  test('that never starts is given up with its state', async () => {
    const control = {
      namespace: 'org',
      endpoint: 'vllm-paused',
      url: simulator.baseUrls.huggingfaceRoot,
    };
    const client = reach(at('vllm-paused', { startMs: 20_000, control }));
    const error = await passing(failureOf(client.chat({ model, messages })));
    expect(error).toMatchObject({ code: 'overloaded', retryable: false });
    expect(error.message).toContain('The endpoint is "paused" after');
    const nameless = reach(at('vllm-paused', { startMs: 2000 }));
    expect((await passing(failureOf(nameless.chat({ model, messages })))).message).toContain(
      'has not started',
    );
  });

  test.each([
    [500, 'CUDA error', 'server'],
    [503, { error: { message: 'Server overloaded' } }, 'overloaded'],
    [
      400,
      { error: 'Bad Request: Endpoint is paused, ask a maintainer to restart it' },
      'invalid_request',
    ],
  ])('that fails with %d, %j, is not waited for', async (status, body, code) => {
    const server = await router(() => ({ status, body }));
    open.push(server);
    const error = await passing(
      failureOf(reach({ url: server.url, apiKey: 'hf_x' }).chat({ model, messages })),
    );
    expect(error.code).toBe(code);
    expect(server.asked).toHaveLength(1);
  });

  test.each(['', '/', '/v1', '/v1/', '/v1/chat/completions'])(
    'is found by its URL with "%s" at the end, with a token or without',
    async (end) => {
      const server = await router(() => ({ body: answered }));
      open.push(server);
      for (const apiKey of ['hf_x', undefined]) {
        const client = reach({ url: `${server.url}/base${end}`, apiKey });
        expect((await passing(client.chat({ model, messages }))).text).toBe('Hello.');
      }
      expect(server.asked.map(({ path }) => path)).toEqual(
        Array(2).fill('/base/v1/chat/completions'),
      );
      expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([
        'Bearer hf_x',
        undefined,
      ]);
    },
  );

  test.each(['chat-completions', 'responses', 'messages'] as const)(
    'chats by "%s"',
    async (api) => {
      const answer = await passing(reach(at('vllm', { api })).chat({ model, messages }));
      expect(answer.text).not.toBe('');
    },
  );

  test('with TEI inside embeds, ranks and does its tasks, each by its own route', async () => {
    const client = reach(at('tei'));
    const vectors = await passing(client.embed({ model: 'endpoint/sim-embed', input: ['a', 'b'] }));
    expect(vectors.embeddings).toHaveLength(2);
    const ranked = await passing(
      client.rerank({ model, query: 'a red boat', documents: ['a tax form', 'one red boat'] }),
    );
    expect(ranked.results.map(({ index }) => index)).toEqual([1, 0]);
    const felt = await passing(
      client.task({ model, task: 'text-classification', inputs: 'I love it.' }),
    );
    expect(felt.output[0]?.label).toBe('POSITIVE');
    const features = await passing(
      client.task({ model, task: 'feature-extraction', inputs: ['a', 'b'] }),
    );
    expect(features.output.vectors).toHaveLength(2);
    const asked = simulator.requests.toArray().map(({ path }) => path.split('/endpoints/tei/')[1]);
    expect(asked).toEqual(['v1/embeddings', 'info', 'rerank', 'predict', 'embed']);
  });

  test('with vLLM inside completes and ranks by its own routes', async () => {
    const client = reach(at('vllm'));
    const text = await passing(client.complete({ model, prompt: 'Once', maxOutputTokens: 9 }));
    expect(text.usage?.outputTokens).toBe(9);
    const ranked = await passing(
      client.rerank({ model, query: 'boat', documents: ['form', 'boat'] }),
    );
    expect(ranked.results[0]?.index).toBe(1);
    expect(simulator.requests.at(-1)?.path).toBe('/huggingface/endpoints/vllm/v1/rerank');
  });
});
