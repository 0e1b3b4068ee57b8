import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator, type SimulatorOptions } from '../src/index.js';
import { sample } from '../src/pace/distribution.js';
import { SeededRandom } from '../src/seeded-random.js';
import { rawPost } from './support/raw.js';

let simulator: Simulator;

afterEach(() => simulator.close());

async function start(options: SimulatorOptions): Promise<OpenAI> {
  simulator = createSimulator(options);
  await simulator.listen();
  return new OpenAI({ baseURL: simulator.baseUrls.openai, apiKey: 'k', maxRetries: 0 });
}

async function until(test: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !test(); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(test()).toBe(true);
}

const words = (count: number): OpenAI.ChatCompletionMessageParam[] => [
  { role: 'user', content: `Write ${count} words.` },
];

describe('latency', () => {
  it('holds back the first token and then each of the others', async () => {
    const client = await start({ pace: { ttftMs: 120, perTokenMs: 20 } });
    const started = performance.now();
    const stream = await client.chat.completions.create({
      model: 'sim-chat',
      max_tokens: 6,
      stream: true,
      messages: words(50),
    });
    const times: number[] = [];
    for await (const chunk of stream) {
      const text = chunk.choices[0]?.delta.content ?? '';
      if (text !== '') times.push(performance.now() - started);
    }
    expect(times).toHaveLength(6);
    expect(times[0]).toBeGreaterThanOrEqual(115);
    expect(times[5]).toBeGreaterThanOrEqual(115 + 5 * 20 - 5);
  });

  it('lets a unary answer take as long as the stream would have', async () => {
    const client = await start({ pace: { ttftMs: 50, perTokenMs: 10 } });
    const started = performance.now();
    await client.chat.completions.create({
      model: 'sim-chat',
      max_tokens: 11,
      messages: words(50),
    });
    expect(performance.now() - started).toBeGreaterThanOrEqual(145);
  });

  it('of a model stands before that of the simulator', async () => {
    const client = await start({
      pace: { ttftMs: 60_000 },
      models: [{ id: 'quick', prices: { input: 1, output: 1 }, pace: { ttftMs: 0 } }],
    });
    await client.chat.completions.create({ model: 'quick', messages: words(5) });
    expect(simulator.bill.count).toBe(1);
  });

  it('is another one for each request, also where the requests are alike', async () => {
    const client = await start({ pace: { ttftMs: { from: 0, to: 200 } } });
    const times: number[] = [];
    for (let count = 0; count < 6; count++) {
      const started = performance.now();
      await client.chat.completions.create({
        model: 'sim-chat',
        max_tokens: 2,
        messages: words(5),
      });
      times.push(performance.now() - started);
    }
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(40);
  });

  it('follows its distributions, the same for the same seed', async () => {
    simulator = createSimulator();
    await simulator.listen();
    const draw = (seed: number): number[] => {
      const random = new SeededRandom(seed);
      return Array.from({ length: 4001 }, () => sample({ median: 200, sigma: 0.5 }, random));
    };
    const drawn = draw(7).sort((one, two) => one - two);
    expect(drawn).toEqual(draw(7).sort((one, two) => one - two));
    expect(drawn).not.toEqual(draw(8).sort((one, two) => one - two));
    expect(drawn[2000]).toBeGreaterThan(180);
    expect(drawn[2000]).toBeLessThan(220);
    // exp(1.645 × 0.5) = 2.28 times the median.
    expect(drawn[3800]).toBeGreaterThan(400);
    expect(drawn[3800]).toBeLessThan(520);
    const random = new SeededRandom(3);
    for (let count = 0; count < 1000; count++) {
      const value = sample({ from: 5, to: 9 }, random);
      expect(value).toBeGreaterThanOrEqual(5);
      expect(value).toBeLessThan(9);
    }
  });
});

describe('portions', () => {
  const post = (body: object): ReturnType<typeof rawPost> =>
    rawPost(
      simulator.baseUrls.openai,
      '/chat/completions',
      { model: 'sim-chat', stream: true, ...body },
      { authorization: 'Bearer k' },
    );

  it('are one write of everything by default', async () => {
    await start({});
    const answer = await post({ messages: words(100) });
    expect(answer.ended).toBe('end');
    expect(answer.reads).toBeLessThanOrEqual(2);
  });

  it('are one event a write where wanted', async () => {
    await start({ pace: { writes: 'each' } });
    const answer = await post({ messages: words(100), max_tokens: 60 });
    expect(answer.reads).toBeGreaterThan(30);
  });

  it('have as many tokens as wanted, and the bill is the same', async () => {
    await start({});
    const one = await post({ messages: words(100) });
    await simulator.close();
    const before = simulator.bill.total();
    await start({ pace: { tokensPerChunk: 10 } });
    const ten = await post({ messages: words(100) });
    const chunks = (body: string): number => body.split('data: ').length;
    expect(chunks(one.body)).toBeGreaterThan(5 * chunks(ten.body));
    expect(simulator.bill.total()).toBe(before);
  });
});

describe('a client that leaves', () => {
  it('is noticed at once and pays for what was generated until then', async () => {
    const client = await start({ pace: { ttftMs: 0, perTokenMs: 10 } });
    const controller = new AbortController();
    const stream = await client.chat.completions.create(
      { model: 'sim-chat', stream: true, messages: words(500) },
      { signal: controller.signal },
    );
    let seen = 0;
    let abortedAt = 0;
    try {
      for await (const chunk of stream) {
        if ((chunk.choices[0]?.delta.content ?? '') !== '' && ++seen === 10) {
          abortedAt = performance.now();
          controller.abort();
        }
      }
    } catch {
      // The client tells its own abort.
    }
    await until(() => simulator.bill.count === 1);
    const record = simulator.requests.at(-1);
    expect(record?.outcome).toBe('cancelled');
    expect((record?.clientLeftAt ?? Infinity) - abortedAt).toBeLessThan(100);
    const entry = simulator.bill.entries.at(-1);
    expect(entry?.status).toBe('cancelled');
    expect(entry?.usage.outputTokens).toBeGreaterThanOrEqual(10);
    expect(entry?.usage.outputTokens).toBeLessThan(300);
    expect(entry?.cost).toBe(
      (entry?.usage.inputTokens ?? 0) * 2500 + (entry?.usage.outputTokens ?? 0) * 10_000,
    );
    await until(() => simulator.connections.open === 0);
  });

  it('before the first token of a unary answer pays for the prompt and what was generated', async () => {
    const client = await start({ pace: { ttftMs: 60, perTokenMs: 5 } });
    const controller = new AbortController();
    const call = client.chat.completions.create(
      { model: 'sim-chat', messages: words(500) },
      { signal: controller.signal },
    );
    setTimeout(() => controller.abort(), 160);
    await expect(call).rejects.toThrow();
    await until(() => simulator.bill.count === 1);
    const entry = simulator.bill.entries.at(-1);
    expect(entry).toMatchObject({ status: 'cancelled', stream: false });
    expect(entry?.usage.outputTokens).toBeLessThan(100);
    expect(simulator.requests.at(-1)?.status).toBeUndefined();
  });

  it('while the model thinks pays for the thoughts, hidden or not', async () => {
    const client = await start({ pace: { perTokenMs: 10 } });
    const controller = new AbortController();
    const call = client.chat.completions.create(
      { model: 'sim-chat', stream: true, reasoning_effort: 'high', messages: words(50) },
      { signal: controller.signal },
    );
    setTimeout(() => controller.abort(), 150);
    await call
      .then(async (stream) => {
        for await (const chunk of stream) expect(chunk.choices[0]?.delta.content ?? '').toBe('');
      })
      .catch(() => undefined);
    await until(() => simulator.bill.count === 1);
    const usage = simulator.bill.entries.at(-1)?.usage;
    expect(usage?.reasoningTokens).toBeGreaterThan(3);
    expect(usage?.reasoningTokens).toBe(usage?.outputTokens);
  });

  it('while a fault hangs is still noticed', async () => {
    await start({});
    const before = performance.now();
    const answer = await rawPost(
      simulator.baseUrls.openai,
      '/chat/completions',
      { model: 'sim-chat:fault-F34', stream: true, messages: words(50) },
      { authorization: 'Bearer k' },
      200,
    );
    expect(answer.ended).toBe('open');
    await until(() => simulator.requests.at(-1)?.clientLeftAt !== undefined);
    expect(simulator.requests.at(-1)?.clientLeftAt).toBeGreaterThan(before);
    expect(simulator.bill.entries.at(-1)?.status).toBe('failed');
  });

  it('that does not read holds up its own answer only', async () => {
    await start({
      models: [{ id: 'long', prices: { input: 1, output: 1 }, maxOutputTokens: 2_000_000 }],
    });
    const { connect } = await import('node:net');
    const url = new URL(simulator.url);
    const body = JSON.stringify({ model: 'long', stream: true, messages: words(400_000) });
    const socket = connect({ host: url.hostname, port: Number(url.port) });
    socket.pause();
    socket.write(
      `POST /openai/v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer k\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await until(() => simulator.requests.at(-1)?.firstByteAt !== undefined);
    const client = new OpenAI({ baseURL: simulator.baseUrls.openai, apiKey: 'k', maxRetries: 0 });
    const answer = await client.chat.completions.create({ model: 'long', messages: words(5) });
    expect(answer.choices).toHaveLength(1);
    // Time enough to generate much more, if nothing held it up.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(simulator.bill.count).toBe(1);
    socket.destroy();
    await until(() => simulator.bill.count === 2);
    expect(simulator.bill.entries.at(-1)?.status).toBe('cancelled');
    expect(simulator.bill.entries.at(-1)?.usage.outputTokens).toBeLessThan(100_000);
  });
});

describe('many streams at once', () => {
  it('are all served, with latency, by one simulator', async () => {
    await start({
      pace: { ttftMs: { median: 100, sigma: 0.4 }, perTokenMs: 5, tokensPerChunk: 4 },
    });
    const count = 400;
    const answers = await Promise.all(
      Array.from({ length: count }, (_, index) =>
        rawPost(
          simulator.baseUrls.openai,
          '/chat/completions',
          {
            model: 'sim-chat',
            stream: true,
            max_tokens: 40,
            messages: [{ role: 'user', content: `I am tenant-${index}x. Write 50 words.` }],
          },
          { authorization: `Bearer key-${index}` },
        ),
      ),
    );
    for (const [index, answer] of answers.entries()) {
      expect(answer.ended).toBe('end');
      const text = [...answer.body.matchAll(/"content":"([^"]*)"/g)]
        .map((found) => found[1])
        .join('');
      expect(text).toContain(`tenant-${index}x`);
    }
    expect(simulator.bill.count).toBe(count);
    expect(new Set([...simulator.bill.entries].map((entry) => entry.tenant)).size).toBe(count);
  });
});
