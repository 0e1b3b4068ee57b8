import { InferenceClient } from '@huggingface/inference';
import { createSimulator, type Simulator } from '@inferway/simulator';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let simulator: Simulator;

beforeAll(async () => {
  simulator = createSimulator({ pace: { tokensPerChunk: 1 } });
  await simulator.listen();
});
afterAll(() => simulator.close());

const inputs = 'Write 20 words about harbours.';

describe('Hugging Face’s own client, at a TGI server', () => {
  it('generates, whole and streamed, by the route that it takes since 4.0', async () => {
    const client = new InferenceClient('hf_simulated', { endpointUrl: simulator.baseUrls.tgi });
    const parameters = { max_new_tokens: 15 };
    const whole = await client.textGeneration({ inputs, parameters });
    expect(whole.generated_text).toMatch(/^ Simulated/u);
    const texts: string[] = [];
    for await (const event of client.textGenerationStream({ inputs, parameters })) {
      const { choices } = event as unknown as { choices: readonly { text: string }[] };
      texts.push(...choices.map(({ text }) => text));
    }
    expect(texts.join('')).toBe(whole.generated_text);
    expect(texts.length).toBeGreaterThanOrEqual(15);
    const bad = { max_new_tokens: 15, top_p: 7 };
    await expect(client.textGeneration({ inputs, parameters: bad })).rejects.toMatchObject({
      httpResponse: { status: 422, body: { error_type: 'validation' } },
    });
  });

  it('is told the same at the root, in the protocol’s own words', async () => {
    const ask = async (stream: boolean, parameters: object): Promise<string> => {
      const answer = await fetch(simulator.baseUrls.tgi, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ inputs, parameters, stream }),
      });
      return answer.text();
    };
    const asked = { max_new_tokens: 15, details: true };
    const [whole] = JSON.parse(await ask(false, asked)) as { generated_text: string }[];
    const events = (await ask(true, asked)).trim().split('\n\n');
    const tokens = events.map(
      (event) => JSON.parse(event.replace(/^data:/u, '')) as Record<string, never>,
    );
    expect(tokens).toHaveLength(15);
    expect(tokens.map(({ index }) => index)).toEqual(tokens.map((_token, at) => at + 1));
    expect(tokens.at(-1)).toMatchObject({
      generated_text: whole?.generated_text,
      details: { finish_reason: 'length', generated_tokens: 15 },
    });
    expect(await ask(false, { temperature: 0 })).toContain('"error_type":"validation"');
  });

  it('chats, as OpenAI’s client does', async () => {
    const messages = [{ role: 'user' as const, content: 'Say harbour.' }];
    const baseURL = `${simulator.baseUrls.tgi}/v1`;
    const hub = new InferenceClient('hf_simulated', { endpointUrl: baseURL });
    const answer = await hub.chatCompletion({ messages, max_tokens: 20 });
    const openai = new OpenAI({ baseURL, apiKey: '-', maxRetries: 0 });
    const same = await openai.chat.completions.create({ model: 'tgi', messages, max_tokens: 20 });
    expect(same.choices[0]?.message.content).toBe(answer.choices[0]?.message.content);
    expect((await openai.models.list()).data.map(({ id }) => id)).toEqual(['sim-chat']);
  });
});
