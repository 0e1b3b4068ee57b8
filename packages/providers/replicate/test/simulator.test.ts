import { fileBytes, type FileData } from '@inferway/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf, openWorld, versionOf, type World } from './support/world.js';

let world: World;

beforeEach(async () => {
  world = await openWorld();
});

afterEach(() => world.close());

const question = (text: string) => [{ role: 'user' as const, content: text }];
const PNG = [0x89, 0x50, 0x4e, 0x47];

describe('chat and completion', () => {
  it('answer from one held request, with the tokens that were billed', async () => {
    const answer = await world.client.chat({
      model: 'replicate/inferway/sim-chat',
      messages: question('What is canary-41aa?'),
    });
    expect(answer.text).toContain('canary-41aa');
    expect(world.seen()).toEqual(['POST /models/inferway/sim-chat/predictions']);
    const [entry] = world.simulator.bill.entries;
    expect(answer.usage).toMatchObject({
      inputTokens: entry?.usage.inputTokens,
      outputTokens: entry?.usage.outputTokens,
      units: { computeSeconds: expect.any(Number) },
    });
    expect(answer).toMatchObject({
      finishReason: { unified: 'stop' },
      id: expect.stringMatching(/^\w{26}$/u),
      model: 'inferway/sim-chat',
      meta: {
        provider: 'replicate',
        status: 201,
        timings: { server: { total: expect.any(Number) } },
      },
    });
  });

  it('stream what the whole answer would have been, with the same usage', async () => {
    const input = {
      model: 'replicate/inferway/sim-chat' as const,
      messages: question('Say canary-42bb in twenty words.'),
      maxOutputTokens: 12,
    };
    const whole = await world.client.chat(input);
    const stream = await world.client.chat.stream(input);
    const streamed = await stream.result;
    expect(streamed.text).toBe(whole.text);
    expect(streamed.usage).toMatchObject({
      inputTokens: whole.usage?.inputTokens,
      outputTokens: 12,
    });
    expect(streamed.finishReason).toEqual({ unified: 'length' });
    expect(whole.finishReason).toEqual({ unified: 'length' });
    expect(world.seen().slice(1)).toEqual([
      'POST /models/inferway/sim-chat/predictions',
      'GET /stream/v1/predictions/*',
      'GET /predictions/*',
    ]);
  });

  it('complete a text, whole or streamed', async () => {
    const input = { model: 'replicate/inferway/sim-chat' as const, prompt: 'Once canary-43cc' };
    const whole = await world.client.complete(input);
    expect(whole.text).toContain('canary-43cc');
    const stream = await world.client.complete.stream(input);
    expect(await stream.text).toBe(whole.text);
  });

  it('embed texts by a version of a model', async () => {
    const model = `replicate/${await versionOf(world, 'sim-embed')}` as const;
    const one = await world.client.embed({ model, input: 'tides' });
    expect(one.embeddings).toHaveLength(1);
    expect(one.embeddings[0]).toHaveLength(256);
    const two = await world.client.embed({ model, input: ['tides', 'moons'] });
    expect(two.embeddings[0]).toEqual(one.embeddings[0]);
    expect(two.embeddings).toHaveLength(2);
    const failure = await failureOf(world.client.embed({ model, input: [[1, 2]] }));
    expect(failure).toMatchObject({ code: 'invalid_request', param: 'input', sent: 'no' });
  });
});

describe('images and sound', () => {
  it('give images as URLs, or as bytes where that is asked for', async () => {
    const input = { model: 'replicate/inferway/sim-image' as const, prompt: 'A boat', count: 2 };
    const { images, usage } = await world.client.image(input);
    expect(images.map(({ image }) => image.type)).toEqual(['url', 'url']);
    expect(usage?.units?.images).toBe(2);
    const bytes = await world.client.image({ ...input, delivery: 'bytes' });
    const [first] = bytes.images;
    expect(first?.image).toMatchObject({
      type: 'bytes',
      mediaType: 'image/png',
      name: 'out-0.png',
    });
    expect([...fileBytes(first?.image as FileData).subarray(0, 4)]).toEqual(PNG);
  });

  it('take images: small ones in the request, larger ones as an upload, URLs as they are', async () => {
    const [picture] = (
      await world.client.image({
        model: 'replicate/inferway/sim-image',
        prompt: 'x',
        delivery: 'bytes',
      })
    ).images;
    const change = (image: Uint8Array | URL): Promise<unknown> =>
      world.client.image({ model: 'replicate/inferway/sim-image', prompt: 'x', images: [image] });
    await change(fileBytes(picture?.image as FileData));
    expect(world.simulator.requests.at(-1)?.body).toHaveProperty(
      'input.image',
      expect.stringMatching(/^data:image\/png;base64,iVBOR/u),
    );
    await change(new Uint8Array(257 * 1024).fill(7));
    expect(world.seen().slice(-2)).toEqual([
      'POST /files',
      'POST /models/inferway/sim-image/predictions',
    ]);
    expect(world.simulator.requests.at(-1)?.body).toHaveProperty(
      'input.image',
      expect.stringContaining('/v1/files/'),
    );
    await change(new URL('https://pictures.example/boat.png'));
    expect(world.simulator.requests.at(-1)?.body).toHaveProperty(
      'input.image',
      'https://pictures.example/boat.png',
    );
  });

  it('speak, and write down what was spoken', async () => {
    const spoken = await world.client.speech({
      model: 'replicate/inferway/sim-speech',
      text: 'Hello from canary-44dd.',
      voice: 'tenor',
      delivery: 'bytes',
    });
    expect(spoken.audio).toMatchObject({ type: 'bytes', mediaType: 'audio/wav' });
    const model = `replicate/${await versionOf(world, 'sim-whisper')}` as const;
    const heard = await world.client.transcribe({ model, audio: spoken.audio, language: 'en' });
    expect(heard).toMatchObject({ text: 'Hello from canary-44dd.', language: 'en' });
    expect(heard.segments).toMatchObject([{ start: 0, text: 'Hello from canary-44dd.' }]);
  });

  it('stream them as what they are in the end', async () => {
    const images = await world.client.image.stream({
      model: 'replicate/inferway/sim-image',
      prompt: 'x',
    });
    expect((await images.result).images).toHaveLength(1);
    const speech = await world.client.speech.stream({
      model: 'replicate/inferway/sim-speech',
      text: 'Hi.',
    });
    expect((await speech.result).audio).toMatchObject({ type: 'bytes', mediaType: 'audio/wav' });
  });
});

describe('predictions of any model', () => {
  it('take any input and give its output as it is, with logs and metrics', async () => {
    const model = `replicate/${await versionOf(world, 'sim-hello')}` as const;
    const { output, status, logs, metrics, version, meta } = await world.client.prediction({
      model,
      input: { text: 'you' },
    });
    expect({ output, status, logs }).toEqual({
      output: 'hello you',
      status: 'succeeded',
      logs: 'Greeting\n',
    });
    expect(metrics).toHaveProperty('predict_time');
    expect(model).toContain(version);
    expect(meta.requestId).toMatch(/^sim-/u);
  });

  it('give files in the place of their URLs, with the time at which those end', async () => {
    const result = await world.client.prediction({
      model: 'replicate/inferway/sim-image',
      input: { prompt: 'A boat', image: new Blob(['not really a picture']) },
    });
    expect(result.output).toMatchObject([{ type: 'url' }]);
    expect(result.filesExpireAt).toBeGreaterThan(Date.now() + 3_500_000);
    const fetched = await world.client.prediction({
      model: 'replicate/inferway/sim-image',
      input: { prompt: 'A boat' },
      delivery: 'bytes',
    });
    expect(fetched.output).toMatchObject([{ type: 'bytes', mediaType: 'image/png' }]);
  });

  it('stream outputs and logs, and the result at the end', async () => {
    const stream = await world.client.prediction.stream({
      model: 'replicate/inferway/sim-image',
      input: { prompt: 'A boat', num_outputs: 2 },
    });
    const types: string[] = [];
    let logs = '';
    for await (const event of stream) {
      types.push(event.type);
      if (event.type === 'logs') logs += event.text;
      if (event.type === 'finish') expect(event.result.logs).toBe(logs);
    }
    expect(types[0]).toBe('start');
    expect(types.filter((type) => type === 'output')).toHaveLength(2);
    expect(types.slice(-2)).toEqual(['finish', 'end']);
    expect(stream.usage?.units?.images).toBe(2);
  });

  it('run in a deployment, by name', async () => {
    const { output } = await world.client.prediction({
      model: 'replicate/deployments/inferway/sim-deployment',
      input: { prompt: 'A boat' },
    });
    expect(output).toHaveLength(1);
    expect(world.seen()).toEqual(['POST /deployments/inferway/sim-deployment/predictions']);
  });

  it('are handed out before they are over where nobody wants to wait', async () => {
    const created = await world.client.prediction({
      model: 'replicate/inferway/sim-chat',
      input: { prompt: 'Hi' },
      wait: false,
    });
    expect(created).toMatchObject({ status: 'starting', output: null });
    expect(world.simulator.requests.at(-1)?.headers).not.toHaveProperty('prefer');
  });
});

describe('whatever else there is', () => {
  it('is called raw, in the API’s own words', async () => {
    const { json } = await world.client.raw({ model: 'replicate/any', path: 'account' });
    expect(json).toMatchObject({ username: 'inferway' });
    const version = (await versionOf(world, 'sim-hello')).split(':')[1] ?? '';
    const made = await world.client.raw({
      model: 'replicate/any',
      path: 'predictions',
      json: { version, input: { text: 'raw' } },
    });
    expect(made).toMatchObject({ status: 201, json: { status: 'starting' } });
  });

  it('lists models, as many pages as allowed, under the ids that calls take', async () => {
    const { models } = await world.client.models();
    expect(models.find(({ id }) => id === 'inferway/sim-image')).toMatchObject({
      ownedBy: 'inferway',
    });
    expect(models.some(({ id }) => /^inferway\/sim-whisper:[0-9a-f]{64}$/u.test(id))).toBe(true);
  });

  it('is told where an option is none', async () => {
    await expect(openWorld({ waitSeconds: 61 })).rejects.toMatchObject({ code: 'configuration' });
  });
});
