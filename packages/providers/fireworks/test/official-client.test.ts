import { createSimulator, type Simulator } from '@inferway/simulator';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = createSimulator();
  await simulator.listen();
  client = new OpenAI({
    baseURL: simulator.baseUrls.fireworks,
    apiKey: 'fw_simulated',
    maxRetries: 0,
  });
});
afterAll(() => simulator.close());

const model = 'accounts/fireworks/models/sim-chat';
const messages = [{ role: 'user' as const, content: 'Describe a harbour in 20 words.' }];

// Fireworks' documentation uses OpenAI's client; its own is for Python.
describe('OpenAI’s client, against the simulated Fireworks', () => {
  it('chats, with times in headers and the id as it was asked for', async () => {
    const { data, response } = await client.chat.completions
      .create({ model, messages })
      .withResponse();
    expect(data.model).toBe(model);
    expect(data.choices[0]?.message.content?.split(' ')).toHaveLength(20);
    expect(Number(response.headers.get('fireworks-server-processing-time'))).toBeGreaterThanOrEqual(
      0,
    );
    const bill = simulator.bill.of(response.headers.get('x-request-id') ?? '');
    expect(bill).toMatchObject({ protocol: 'fireworks', model: 'sim-chat' });
    expect(bill?.usage.outputTokens).toBe(data.usage?.completion_tokens);
  });

  it('streams with usage in the last chunk, and times where they are asked for', async () => {
    const ask = { model, messages, stream: true, perf_metrics_in_response: true } as const;
    const chunks = [];
    for await (const chunk of await client.chat.completions.create(ask)) chunks.push(chunk);
    const last = chunks.at(-1);
    expect(last?.choices[0]?.finish_reason).toBe('stop');
    expect(last?.usage?.completion_tokens).toBeGreaterThan(0);
    expect(last).toMatchObject({ perf_metrics: { 'server-processing-time': 0.5 } });
  });

  it('shows reasoning, by word, switch or cap', async () => {
    const ask = async (effort: unknown) => {
      const { choices } = await client.chat.completions.create({
        model: 'accounts/me/deployments/sim-reasoner',
        messages,
        reasoning_effort: effort as 'low',
      });
      return choices[0]?.message;
    };
    for (const effort of ['low', true, 8]) {
      expect(await ask(effort)).toHaveProperty('reasoning_content');
    }
    expect(await ask(false)).not.toHaveProperty('reasoning_content');
  });

  it('is refused fields that Fireworks does not know, and models of another name', async () => {
    await expect(
      client.chat.completions.create({ model, messages, verbosity: 'low' }),
    ).rejects.toThrow('Extra inputs are not permitted');
    await expect(
      client.chat.completions.create({ model: 'llama-3', messages }),
    ).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(
      client.chat.completions.create({ model: `${model}:fault-quota`, messages }),
    ).rejects.toMatchObject({ status: 412 });
  });

  it('completes, embeds and lists', async () => {
    const completed = await client.completions.create({ model, prompt: 'The sea' });
    expect(completed.choices[0]?.text).not.toBe('');
    const { data } = await client.embeddings.create({ model: 'sim-embed', input: 'a' });
    expect(data).toHaveLength(1);
    const ids = [];
    for await (const one of client.models.list()) ids.push(one.id);
    expect(ids).toContain(model);
  });
});
