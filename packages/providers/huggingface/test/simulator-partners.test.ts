import { InferwayError, type FileData } from '@inferway/core';
import { describe, expect, test } from 'vitest';
import { simulated } from './support/simulated.js';

const { simulator, connect } = simulated();
const paths = (): readonly string[] =>
  simulator.requests.toArray().map(({ path }) => path.replace('/huggingface', ''));

describe('an image', () => {
  test.each([
    ['hf-inference', 'bytes'],
    ['together', 'base64'],
    ['nscale', 'base64'],
    ['fal-ai', 'url'],
    ['replicate', 'url'],
    ['wavespeed', 'url'],
    ['zai-org', 'url'],
  ] as const)(
    'of %s comes as %s, and as bytes where those are asked for',
    async (provider, type) => {
      const client = connect();
      const request = {
        model: `huggingface/inferway/sim-text-to-image:${provider}`,
        prompt: 'a tortoise',
        size: '64x64',
      } as const;
      const first = await client.image(request);
      expect(first.images[0]?.image.type).toBe(type);
      expect(first.meta.servedBy).toBe(provider);
      if (type !== 'url') return;
      const again = await client.image({ ...request, delivery: 'bytes' });
      const image = again.images[0]?.image as Extract<FileData, { type: 'bytes' }>;
      expect(image).toMatchObject({ type: 'bytes', mediaType: 'image/png' });
      expect(Buffer.from(image.data).toString('latin1', 1, 4)).toBe('PNG');
    },
    30_000,
  );

  test('is made by the first of the mapping that is known, and one that nobody knows is skipped', async () => {
    const answer = await connect().image({
      model: 'huggingface/inferway/sim-text-to-image',
      prompt: 'a river',
    });
    expect(answer.meta.servedBy).toBe('fal-ai');
    expect(answer.usage?.units).toMatchObject({ computeSeconds: 0.42 });
    expect(paths().some((path) => path === '/fal-ai/sim-text-to-image?_subdomain=queue')).toBe(
      true,
    );
    const asked = simulator.requests.filter(({ path }) => path.includes('/api/models/'));
    expect(asked.at(-1)?.headers['authorization']).toBeDefined();
  });

  test('is changed by those who do that', async () => {
    const client = connect();
    const made = await client.image({
      model: 'huggingface/inferway/sim-text-to-image:hf-inference',
      prompt: 'a river',
    });
    const [first] = made.images;
    if (first === undefined) throw new Error('no image');
    for (const provider of ['hf-inference', 'fal-ai', 'replicate', 'wavespeed']) {
      const changed = await client.image({
        model: `huggingface/inferway/sim-image-to-image:${provider}`,
        prompt: 'in blue',
        images: [first.image],
      });
      expect(changed.images).toHaveLength(1);
    }
  }, 30_000);
});

test.each(['hf-inference', 'fal-ai', 'replicate', 'together', 'deepinfra'])(
  'speech and what is heard of it, at %s',
  async (provider) => {
    const client = connect();
    const spoken = await client.speech({
      model: `huggingface/inferway/sim-text-to-speech:${provider}`,
      text: 'Good morning.',
      delivery: 'bytes',
    });
    expect(spoken.audio).toMatchObject({ type: 'bytes', mediaType: 'audio/wav' });
    const heard = await client.transcribe({
      model: `huggingface/inferway/sim-automatic-speech-recognition:${provider}`,
      audio: spoken.audio,
    });
    expect(heard.text).toBe('Good morning.');
    expect(heard.meta.servedBy).toBe(provider);
  },
  30_000,
);

test.each(['hf-inference', 'together', 'scaleway', 'deepinfra'])(
  'embeddings of %s are vectors, whatever the protocol',
  async (provider) => {
    const client = connect();
    const name = `huggingface/inferway/sim-feature-extraction:${provider}` as const;
    const { embeddings } = await client.embed({ model: name, input: ['one', 'two'] });
    expect(embeddings).toHaveLength(2);
    const { output } = await client.task({
      model: name,
      task: 'feature-extraction',
      inputs: ['one', 'two'],
    });
    expect(output.vectors).toEqual(embeddings);
  },
);

test.each(['together', 'featherless-ai', 'groq'])(
  'completions of %s, whole and streamed',
  async (provider) => {
    const client = connect();
    const request = {
      model: `huggingface/inferway/sim-text-generation:${provider}`,
      prompt: 'Once upon a time',
      maxOutputTokens: 20,
    } as const;
    const whole = await client.complete(request);
    const stream = await client.complete.stream(request);
    expect(await stream.text).toBe(whole.text);
    expect(whole.usage?.outputTokens).toBe(20);
  },
);

test.each(['fal-ai', 'replicate', 'novita', 'wavespeed'])(
  'a video of %s is waited for',
  async (provider) => {
    const { output } = await connect().task({
      model: `huggingface/inferway/sim-text-to-video:${provider}`,
      task: 'text-to-video',
      inputs: 'a tortoise runs',
      delivery: 'bytes',
    });
    expect(output[0]).toMatchObject({ type: 'bytes', mediaType: 'video/mp4' });
  },
  30_000,
);

describe('a key', () => {
  test('of a provider goes to its own address in its own header, and never to the Hub', async () => {
    const own = `${simulator.baseUrls.huggingfaceRoot}/fal-ai`;
    const client = connect({ apiKey: 'fal-secret-key', partners: { 'fal-ai': { baseUrl: own } } });
    const model = 'huggingface/inferway/sim-text-to-speech:fal-ai';
    const failing = client.speech({ model, text: 'Hi.' });
    // The simulator knows keys by the Bearer scheme: fal's own is none to it.
    await expect(failing).rejects.toMatchObject({ code: 'authentication', servedBy: 'fal-ai' });
    const [hub, speech] = simulator.requests.toArray().slice(-2);
    expect(hub?.path).toContain('/api/models/');
    expect(hub?.headers['authorization']).toBeUndefined();
    expect(speech?.path).toBe('/huggingface/fal-ai/sim-text-to-speech');
    expect(speech?.headers['x-hf-bill-to']).toBeUndefined();
  });

  test('of a provider also chats there, by the model’s id there', async () => {
    const baseUrl = `${simulator.baseUrls.huggingfaceRoot}/groq`;
    const client = connect({
      apiKey: 'gsk-own',
      routing: 'groq',
      billTo: 'an-org',
      partners: { groq: { baseUrl } },
    });
    const messages = [{ role: 'user', content: 'Hi.' }] as const;
    const answer = await client.chat({ model: 'huggingface/inferway/sim-chat', messages });
    expect(answer.meta).toMatchObject({ servedBy: 'groq', model: 'sim-chat' });
    const last = simulator.requests.at(-1);
    expect(last?.path).toBe('/huggingface/groq/openai/v1/chat/completions');
    expect(last?.headers['x-hf-bill-to']).toBeUndefined();
  });

  test.each([
    ['a provider’s, with nobody named', 'own-key', 'sim-fill-mask', 'Name the provider'],
    [
      'a provider’s, for hf-inference',
      'own-key',
      'sim-fill-mask:hf-inference',
      'tokens of the Hub only',
    ],
    [
      'the Hub’s, for a provider that takes none',
      'hf_x',
      'openai/gpt-5:openai',
      'its own keys only',
    ],
  ])('that is %s is a configuration error', async (_what, apiKey, id, words) => {
    const client = connect({ apiKey });
    const name = id.startsWith('openai') ? id : `inferway/${id}`;
    if (id === 'openai/gpt-5:openai') {
      const messages = [{ role: 'user', content: 'Hi.' }] as const;
      const chat = client.chat({ model: `huggingface/${name}`, messages });
      await expect(chat).rejects.toMatchObject({ code: 'configuration' });
    }
    const failing =
      id === 'openai/gpt-5:openai'
        ? client.task({ model: `huggingface/${name}`, task: 'text-generation', inputs: 'x' })
        : client.task({ model: `huggingface/${name}`, task: 'fill-mask', inputs: '[MASK]' });
    const error = await failing.then(() => undefined, InferwayError.from);
    expect(error?.code).toBe('configuration');
    expect(error?.message).toContain(words);
  });
});
