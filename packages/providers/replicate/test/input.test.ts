import { createClient, type ChatInput, type JsonObject, type Warning } from '@inferway/core';
import { json, loopback, type Loopback } from '@inferway/provider-kit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReplicate, type ReplicateOptions } from '../src/index.js';

let server: Loopback;

beforeEach(async () => {
  server = await loopback((_seen, response) => {
    json(response, 201, { id: 'p1', status: 'succeeded', output: 'https://files.example/x' });
  });
});

afterEach(() => server.close());

const client = (options: ReplicateOptions = {}) =>
  createClient({
    providers: [
      createReplicate({ apiKey: 'r8_key_of_a_test', baseUrl: server.baseUrl, ...options }),
    ],
  });

interface Sent {
  readonly input: JsonObject;
  readonly dropped: readonly (string | undefined)[];
}

function sent(meta: { readonly warnings?: readonly Warning[] | undefined }): Sent {
  const body = server.seen.at(-1)?.body as { input: JsonObject } | undefined;
  return { input: body?.input ?? {}, dropped: (meta.warnings ?? []).map(({ setting }) => setting) };
}

async function chat(model: string, request: ChatInput, options?: ReplicateOptions): Promise<Sent> {
  const { meta } = await client(options).chat({ model: `replicate/${model}`, ...request });
  return sent(meta);
}

const PIXEL = { type: 'base64' as const, data: 'aGk=', mediaType: 'image/png' };
const REQUEST: ChatInput = {
  messages: [
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image', image: PIXEL },
      ],
    },
  ],
  maxOutputTokens: 50,
  temperature: 0.5,
  seed: 7,
  stop: ['END', 'FIN'],
};
const IMAGE = 'data:image/png;base64,aGk=';

describe('a question becomes the input of', () => {
  it.each([
    [
      'meta/meta-llama-3-70b-instruct',
      {
        system_prompt: 'Be brief.',
        prompt: 'What is this?',
        max_tokens: 50,
        temperature: 0.5,
        seed: 7,
        stop_sequences: 'END,FIN',
        image: IMAGE,
      },
      [],
    ],
    [
      'openai/gpt-5',
      {
        system_prompt: 'Be brief.',
        prompt: 'What is this?',
        max_completion_tokens: 50,
        temperature: 0.5,
        image_input: [IMAGE],
      },
      ['seed', 'stop'],
    ],
    [
      'anthropic/claude-4.5-sonnet',
      { system_prompt: 'Be brief.', prompt: 'What is this?', max_tokens: 50, image: IMAGE },
      ['temperature', 'seed', 'stop'],
    ],
    [
      'google/gemini-2.5-flash',
      {
        system_instruction: 'Be brief.',
        prompt: 'What is this?',
        max_output_tokens: 50,
        temperature: 0.5,
        images: [IMAGE],
      },
      ['seed', 'stop'],
    ],
  ])('%s', async (model, input, dropped) => {
    expect(await chat(model, REQUEST)).toEqual({ input, dropped });
  });
});

describe('a conversation', () => {
  const messages: ChatInput['messages'] = [
    { role: 'user', content: 'Hi.' },
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'Hello.' },
      ],
    },
    { role: 'user', content: 'Who am I?' },
  ];

  it('is a list where the model takes one', async () => {
    const { input, dropped } = await chat('openai/gpt-5', {
      messages,
      reasoning: { effort: 'low' },
    });
    expect(input).toEqual({
      messages: [
        { role: 'user', content: 'Hi.' },
        { role: 'assistant', content: 'Hello.' },
        { role: 'user', content: 'Who am I?' },
      ],
      reasoning_effort: 'low',
    });
    expect(dropped).toEqual([]);
  });

  it('is a transcript elsewhere, and that is said', async () => {
    const { input, dropped } = await chat('meta/llama', { messages });
    expect(input).toEqual({
      prompt: 'User: Hi.\n\nAssistant: Hello.\n\nUser: Who am I?\n\nAssistant:',
    });
    expect(dropped).toEqual(['messages']);
  });
});

describe('inputs that are checked', () => {
  const schema = {
    openapi_schema: {
      components: { schemas: { Input: { properties: { prompt: {}, seed: {} } } } },
    },
  };

  it.each([
    ['o/official', '/models/o/official', { latest_version: schema }],
    ['o/n:v1', '/models/o/n/versions/v1', schema],
  ])(
    'against the schema of %s lose what is not in it, with a warning',
    async (model, path, found) => {
      const own = await loopback(({ method }, response) => {
        if (method === 'GET') json(response, 200, found);
        else json(response, 201, { id: 'p1', status: 'succeeded', output: 'x' });
      });
      try {
        const provider = createReplicate({
          apiKey: 'r8_k',
          baseUrl: own.baseUrl,
          checkInputs: true,
        });
        const asking = createClient({ providers: [provider] });
        const input = { prompt: 'Hi.', promt: 'Hi.', seed: 1 };
        for (let call = 0; call < 2; call++) {
          const { meta } = await asking.prediction({ model: `replicate/${model}`, input });
          expect(meta.warnings).toMatchObject([{ type: 'unsupported', setting: 'input.promt' }]);
          expect(own.seen.at(-1)?.body).toHaveProperty('input', { prompt: 'Hi.', seed: 1 });
        }
        expect(own.seen.filter(({ method }) => method === 'GET').map(({ url }) => url)).toEqual([
          path,
        ]);
      } finally {
        await own.close();
      }
    },
  );

  it('go as they are where there is no schema', async () => {
    const options = { checkInputs: true };
    const { input, dropped } = await chat(
      'o/n',
      { messages: [{ role: 'user', content: 'Hi.' }] },
      options,
    );
    expect({ input, dropped }).toEqual({ input: { prompt: 'Hi.' }, dropped: [] });
  });
});

describe('tools of another provider', () => {
  it('are told as text where the model has none', async () => {
    const { input } = await chat('meta/llama', {
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: [{ type: 'tool-call', id: 'c1', name: 'weather', arguments: '{"city":"Oslo"}' }],
        },
        {
          role: 'tool',
          content: [{ type: 'tool-result', id: 'c1', content: [{ type: 'text', text: 'Snow.' }] }],
        },
      ],
    });
    expect(input['prompt']).toBe(
      'User: Weather?\n\nAssistant: (Called weather with {"city":"Oslo"})\n\nTool: Snow.\n\nAssistant:',
    );
  });
});

describe('an input can be changed', () => {
  it('by the call, last of all', async () => {
    const { input } = await chat('meta/llama', {
      messages: [{ role: 'user', content: 'Hi.' }],
      providerOptions: { replicate: { input: { prompt: 'Other', top_k: 3 } } },
    });
    expect(input).toEqual({ prompt: 'Other', top_k: 3 });
  });

  it('by the provider’s own function, which is told of what it was made', async () => {
    const { input } = await chat(
      'me/mine',
      { messages: [{ role: 'user', content: 'Hi.' }] },
      {
        input: (made, { operation, model }) => ({
          inputs: made['prompt'],
          of: `${operation} ${model}`,
        }),
      },
    );
    expect(input).toEqual({ inputs: 'Hi.', of: 'chat me/mine' });
  });

  it('and a webhook goes with it', async () => {
    await chat('meta/llama', {
      messages: [{ role: 'user', content: 'Hi.' }],
      providerOptions: {
        replicate: { webhook: 'https://me.example/hook', webhookEvents: ['completed'] },
      },
    });
    expect(server.seen.at(-1)?.body).toMatchObject({
      webhook: 'https://me.example/hook',
      webhook_events_filter: ['completed'],
    });
  });
});

describe('media', () => {
  it.each([
    [
      'stability-ai/sdxl',
      {
        num_outputs: 2,
        width: 512,
        height: 768,
        output_format: 'jpg',
        output_quality: 80,
        negative_prompt: 'rain',
        num_inference_steps: 9,
        guidance_scale: 4,
        seed: 1,
        image: IMAGE,
        mask: IMAGE,
      },
      ['quality'],
    ],
    [
      'black-forest-labs/flux-dev',
      {
        num_outputs: 2,
        width: 512,
        height: 768,
        output_format: 'jpg',
        output_quality: 80,
        num_inference_steps: 9,
        guidance: 4,
        seed: 1,
        image: IMAGE,
        mask: IMAGE,
      },
      ['negativePrompt', 'quality'],
    ],
    [
      'openai/gpt-image-1',
      {
        number_of_images: 2,
        quality: 'high',
        output_format: 'jpg',
        output_compression: 80,
        input_images: [IMAGE],
      },
      ['guidance', 'mask', 'negativePrompt', 'seed', 'size', 'steps'],
    ],
  ])('images of %s', async (model, input, dropped) => {
    const { meta } = await client().image({
      model: `replicate/${model}`,
      prompt: 'A boat',
      count: 2,
      size: '512x768',
      quality: 'high',
      format: 'jpeg',
      compression: 80,
      negativePrompt: 'rain',
      steps: 9,
      guidance: 4,
      seed: 1,
      images: [PIXEL],
      mask: PIXEL,
    });
    const got = sent(meta);
    expect(got.input).toEqual({ prompt: 'A boat', ...input });
    expect([...got.dropped].sort()).toEqual(dropped);
  });

  it('speech and transcription take the model’s own names', async () => {
    const spoken = await client().speech({
      model: 'replicate/minimax/speech-02-hd',
      text: 'Hi.',
      voice: 'x',
      format: 'mp3',
    });
    expect(sent(spoken.meta)).toEqual({
      input: { text: 'Hi.', voice_id: 'x' },
      dropped: ['format'],
    });
    const audio = { type: 'url' as const, url: 'https://sounds.example/a.mp3' };
    const heard = await client().transcribe({
      model: 'replicate/openai/whisper',
      audio,
      prompt: 'Names',
      translate: true,
      diarize: true,
    });
    expect(sent(heard.meta)).toEqual({
      input: { audio: audio.url, initial_prompt: 'Names', translate: true },
      dropped: ['diarize'],
    });
    const hosted = await client().transcribe({
      model: 'replicate/openai/gpt-4o-transcribe',
      audio,
      prompt: 'Names',
    });
    expect(sent(hosted.meta).input).toEqual({ audio_file: audio.url, prompt: 'Names' });
  });
});
