import { createClient, InferwayError } from '@inferway/core';
import { cost } from '@inferway/core/middleware';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTgi } from '../src/index.js';

let simulator: Simulator;
let client: ReturnType<typeof connect>;

function connect(baseUrl = simulator.baseUrls.tgi) {
  return createClient({
    providers: [createTgi({ baseUrl })],
    middleware: [cost()],
  });
}

beforeAll(async () => {
  simulator = createSimulator();
  await simulator.listen();
  client = connect();
});
afterEach(() => simulator.faults.clear());
afterAll(async () => {
  await client.close();
  await simulator.close();
});

const prompt = 'Write 40 words about harbours.';
const caught = (asked: Promise<unknown>): Promise<InferwayError> =>
  asked.then(
    () => expect.unreachable(),
    (reason: unknown) => InferwayError.from(reason),
  );
const sent = (): unknown => simulator.requests.at(-1)?.body;

describe('completions of a TGI server', () => {
  it('are the same text whole and streamed, with usage, finish reason and the server’s times', async () => {
    const whole = await client.complete({ model: 'tgi/tgi', prompt, maxOutputTokens: 12 });
    expect(whole).toMatchObject({
      finishReason: { unified: 'length', raw: 'length' },
      usage: { outputTokens: 12, inputTokens: expect.any(Number) },
      meta: {
        headers: { 'x-compute-type': 'simulated' },
        timings: {
          server: { total: expect.any(Number), queue: 0, timePerToken: expect.any(Number) },
        },
      },
    });
    expect(whole).not.toHaveProperty('logprobs');
    const stream = await client.complete.stream({ model: 'tgi/tgi', prompt, maxOutputTokens: 12 });
    const streamed = await stream.result;
    expect(streamed.text).toBe(whole.text);
    expect(streamed.usage).toMatchObject({
      outputTokens: 12,
      inputTokens: whole.usage?.inputTokens,
    });
    expect(simulator.requests.at(-1)?.path).toBe('/tgi/generate_stream');
    for (const { requestId } of [whole.meta, streamed.meta]) {
      expect(simulator.bill.of(requestId ?? '')?.usage).toMatchObject({
        inputTokens: whole.usage?.inputTokens,
        outputTokens: 12,
      });
    }
    const natural = await client.complete({ model: 'tgi/tgi', prompt });
    expect(natural.finishReason).toEqual({ unified: 'stop', raw: 'eos_token' });
  });

  it('end before their stop sequence, which the server leaves in', async () => {
    const { text } = await client.complete({ model: 'tgi/tgi', prompt });
    const stop = text.trim().split(' ')[9] ?? '';
    const request = { model: 'tgi/tgi', prompt, stop: [stop] } as const;
    const whole = await client.complete(request);
    expect(whole.finishReason).toEqual({ unified: 'stop', raw: 'stop_sequence' });
    expect(whole.text).toBe(text.slice(0, text.indexOf(stop)));
    expect((await (await client.complete.stream(request)).result).text).toBe(whole.text);
    const raw = await client.raw({
      model: 'tgi/tgi',
      path: 'generate',
      json: { inputs: prompt, parameters: { stop: [stop], details: true } },
    });
    expect(raw.json).toMatchObject({ generated_text: whole.text + stop });
  });

  it('tell log probabilities, several answers and the prompt where they are asked for', async () => {
    const { logprobs, text } = await client.complete({
      model: 'tgi/tgi',
      prompt,
      maxOutputTokens: 5,
      logprobs: 2,
    });
    expect(logprobs?.tokens.join('')).toBe(text);
    expect(logprobs?.tokenLogprobs.every((value) => (value ?? 1) <= 0)).toBe(true);
    expect(Object.keys(logprobs?.topLogprobs?.[0] ?? {}).length).toBeGreaterThan(0);
    const several = await client.complete({
      model: 'tgi/tgi',
      prompt,
      choices: 2,
      logprobs: 0,
      seed: 3,
      maxOutputTokens: 5,
    });
    expect(several.alternatives).toHaveLength(1);
    expect(several.usage?.outputTokens).toBe(10);
    expect(several.meta.warnings).toMatchObject([{ setting: 'seed' }]);
    const echo = { model: 'tgi/tgi', prompt, echo: true, maxOutputTokens: 5 } as const;
    const echoed = await client.complete(echo);
    expect(echoed.text.startsWith(prompt)).toBe(true);
    expect((await (await client.complete.stream(echo)).result).text).toBe(echoed.text);
  });

  it('take TGI’s own parameters, typed', async () => {
    const grammar = { type: 'regex', value: '[a-z]+' } as const;
    await client.complete({
      model: 'tgi/tgi',
      prompt,
      temperature: 0,
      providerOptions: { tgi: { grammar, typical_p: 0.9, adapter_id: 'poet' } },
    });
    expect(sent()).toEqual({
      inputs: prompt,
      parameters: {
        details: true,
        do_sample: false,
        grammar,
        typical_p: 0.9,
        adapter_id: 'poet',
      },
    });
  });
});

describe('the rest of a TGI server', () => {
  it('chats, with the model’s name as nobody’s adapter', async () => {
    const answer = await client.chat({
      model: 'tgi/meta-llama/Llama-3.3-70B-Instruct',
      messages: [{ role: 'user', content: 'Say harbour.' }],
      presencePenalty: 0.5,
    });
    expect(answer.text).toMatch(/^Simulated/u);
    expect(answer.meta.warnings).toMatchObject([{ setting: 'presencePenalty' }]);
    expect(sent()).toMatchObject({ model: 'tgi' });
    await client.chat({
      model: 'tgi/x',
      messages: [{ role: 'user', content: 'Say harbour.' }],
      providerOptions: { tgi: { adapter_id: 'poet' } },
    });
    expect(sent()).toMatchObject({ model: 'poet' });
    const stream = await client.chat.stream({
      model: 'tgi/x',
      messages: [{ role: 'user', content: 'Say harbour.' }],
    });
    expect(await stream.text).toBe(answer.text);
    expect(stream.usage?.outputTokens).toBe(answer.usage?.outputTokens);
  });

  it('counts tokens as the chat’s template writes them, and lists its model', async () => {
    const ask = {
      model: 'tgi/x',
      messages: [{ role: 'user', content: 'How many tokens is this?' }],
    } as const;
    const { inputTokens, tokens } = await client.countTokens(ask);
    const { usage } = await client.chat(ask);
    expect(inputTokens).toBe(usage?.inputTokens);
    expect(tokens).toHaveLength(inputTokens);
    const { models, failures } = await client.models();
    expect(failures).toEqual([]);
    expect(models).toMatchObject([{ id: 'sim-chat', provider: 'tgi', contextLength: 200_000 }]);
  });

  it('is reached with /v1 at the end of its address too, and from the environment', async () => {
    const other = connect(`${simulator.baseUrls.tgi}/v1`);
    expect((await other.complete({ model: 'tgi/x', prompt })).text).not.toBe('');
    await other.close();
  });
});

describe('what a TGI server refuses', () => {
  it('is typed, in a stream with status 200 too', async () => {
    const long = 'word '.repeat(250_000);
    const whole = await caught(client.complete({ model: 'tgi/x', prompt: long }));
    expect(whole).toMatchObject({ code: 'context_length', status: 422, provider: 'tgi' });
    const stream = await caught(
      client.complete.stream({ model: 'tgi/x', prompt: long }).then((events) => events.result),
    );
    expect(stream).toMatchObject({ code: 'context_length', status: 200, provider: 'tgi' });
    const options = { tgi: { top_k: 0 } };
    const bad = await caught(client.complete({ model: 'tgi/x', prompt, providerOptions: options }));
    expect(bad).toMatchObject({ code: 'invalid_request', status: 422 });
    expect(bad.requestId).toMatch(/^sim/u);
    const inStream = await caught(
      client.complete
        .stream({ model: 'tgi/x', prompt, providerOptions: options })
        .then((events) => events.result),
    );
    expect(inStream).toMatchObject({ code: 'invalid_request' });
  });

  it('is typed for failures of the server, also after the answer began', async () => {
    const stream = async (fault: string): Promise<InferwayError> => {
      simulator.faults.next(fault);
      return caught(
        client.complete.stream({ model: 'tgi/x', prompt }).then((events) => events.result),
      );
    };
    const cut = await stream('F01');
    expect(cut).toMatchObject({ code: 'stream_interrupted', provider: 'tgi' });
    expect((cut.partial as { text: string }).text).toMatch(/^ Simulated/u);
    expect(await stream('F06')).toMatchObject({ code: 'server', providerCode: 'generation' });
    expect(await stream('F10')).toMatchObject({ code: 'protocol' });
    simulator.faults.next('overloaded');
    const busy = await caught(client.complete({ model: 'tgi/x', prompt }));
    expect(busy).toMatchObject({ code: 'overloaded', status: 429, retryable: true });
  });
});
