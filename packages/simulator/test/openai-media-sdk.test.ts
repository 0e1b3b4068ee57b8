import OpenAI, { BadRequestError, toFile } from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator, type SimulatorOptions } from '../src/index.js';
import { manualClock } from './support/manual-clock.js';

let simulator: Simulator;
afterEach(() => simulator.close());

async function start(options: SimulatorOptions = {}): Promise<OpenAI> {
  simulator = createSimulator(options);
  await simulator.listen();
  return new OpenAI({ baseURL: simulator.baseUrls.openai, apiKey: 'sk-sim', maxRetries: 0 });
}

const png = (b64: string | undefined): { width: number; height: number } => {
  const file = Buffer.from(b64 ?? '', 'base64');
  expect(file.toString('latin1', 1, 4)).toBe('PNG');
  return { width: file.readUInt32BE(16), height: file.readUInt32BE(20) };
};

describe('images, by OpenAI’s own client', () => {
  it('are drawn in the size and number asked for, the same for the same prompt, and billed', async () => {
    const client = await start();
    const ask = { model: 'sim-image', prompt: 'A blue whale', n: 2, size: '96x64' } as const;
    const answer = await client.images.generate(ask);
    expect(answer.data?.map(({ b64_json }) => png(b64_json))).toEqual([
      { width: 96, height: 64 },
      { width: 96, height: 64 },
    ]);
    expect(answer.data?.[0]?.b64_json).not.toBe(answer.data?.[1]?.b64_json);
    expect(answer).toMatchObject({ output_format: 'png', size: '96x64' });
    expect(answer.usage).toMatchObject({
      output_tokens: 2112,
      output_tokens_details: { image_tokens: 2112, text_tokens: 0 },
    });
    const again = await client.images.generate(ask);
    expect(again.data).toEqual(answer.data);
    const [entry] = simulator.bill.entries;
    expect(entry?.usage.units).toEqual({ images: 2 });
    const tokens = answer.usage?.input_tokens ?? 0;
    expect(entry?.cost).toBe(tokens * 5000 + 2112 * 32_000);
  });

  it('come in other formats, each with the marks of its own', async () => {
    const client = await start();
    const file = async (output_format: 'jpeg' | 'webp'): Promise<Buffer> => {
      const { data } = await client.images.generate({
        model: 'sim-image',
        prompt: 'a',
        size: '40x24',
        output_format,
      });
      return Buffer.from(data?.[0]?.b64_json ?? '', 'base64');
    };
    const webp = await file('webp');
    expect(webp.toString('latin1', 8, 16)).toBe('WEBPVP8L');
    const bits = webp.readUInt32LE(21);
    expect([(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1]).toEqual([40, 24]);
    const jpeg = await file('jpeg');
    const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0));
    expect([jpeg.readUInt16BE(frame + 5), jpeg.readUInt16BE(frame + 7)]).toEqual([24, 40]);
    expect(jpeg.subarray(-2)).toEqual(Buffer.of(0xff, 0xd9));
  });

  it('are edited, with a mask, from one file or several', async () => {
    const client = await start();
    const made = await client.images.generate({ model: 'sim-image', prompt: 'a', size: '16x16' });
    const file = await toFile(Buffer.from(made.data?.[0]?.b64_json ?? '', 'base64'), 'a.png', {
      type: 'image/png',
    });
    const edited = await client.images.edit({
      model: 'sim-image',
      prompt: 'Make it red',
      image: [file, file],
      mask: file,
      size: '32x16',
    });
    expect(png(edited.data?.[0]?.b64_json)).toEqual({ width: 32, height: 16 });
    expect(edited.usage?.input_tokens_details?.image_tokens).toBe(646);
    const stream = await client.images.edit({
      model: 'sim-image',
      prompt: 'Make it red',
      image: file,
      stream: true,
      partial_images: 1,
    });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types).toEqual(['image_edit.partial_image', 'image_edit.completed']);
    const broken = client.images.edit({
      model: 'sim-image',
      prompt: 'x',
      image: await toFile(Buffer.from('no image'), 'a.png'),
    });
    await expect(broken).rejects.toThrow(BadRequestError);
    await expect(broken).rejects.toMatchObject({ param: 'image' });
  });

  it('are streamed with unfinished ones on the way', async () => {
    const client = await start({ pace: { perTokenMs: 0 } });
    const stream = await client.images.generate({
      model: 'sim-image',
      prompt: 'a',
      size: '16x16',
      stream: true,
      partial_images: 2,
    });
    const types: string[] = [];
    for await (const event of stream) {
      types.push(event.type);
      png(event.b64_json);
      if (event.type === 'image_generation.completed') {
        expect(event.usage.output_tokens).toBe(1056);
      }
    }
    expect(types).toEqual([
      'image_generation.partial_image',
      'image_generation.partial_image',
      'image_generation.completed',
    ]);
  });

  it('are links that are good for an hour, to the same image', async () => {
    const clock = manualClock();
    const client = await start({ clock });
    const ask = { model: 'sim-image', prompt: 'a', size: '16x16' } as const;
    const { data } = await client.images.generate({ ...ask, response_format: 'url' });
    const url = data?.[0]?.url ?? '';
    const answer = await fetch(url);
    expect(answer.headers.get('content-type')).toBe('image/png');
    const whole = await client.images.generate(ask);
    expect(Buffer.from(await answer.arrayBuffer()).toString('base64')).toBe(
      whole.data?.[0]?.b64_json,
    );
    clock.advance(3_600_000);
    expect((await fetch(url)).status).toBe(403);
    expect((await fetch(`${simulator.url}/openai/images/x?expires=9e15`)).status).toBe(403);
  });

  it('of models with OpenAI’s names refuse what those refuse', async () => {
    const prices = { input: 0, output: 0 };
    const named = (id: string) => ({ id, kind: 'image' as const, prices });
    const client = await start({ models: [named('gpt-image-2'), named('dall-e-3')] });
    const param = (body: object): Promise<unknown> =>
      client.images.generate({ prompt: 'a', ...body } as never).then(
        () => undefined,
        (error: { param: unknown }) => error.param,
      );
    expect(await param({ model: 'gpt-image-2', response_format: 'url' })).toBe('response_format');
    expect(await param({ model: 'dall-e-3', output_format: 'png' })).toBe('output_format');
    expect(await param({ model: 'dall-e-3', response_format: 'url' })).toBeUndefined();
    expect(await param({ model: 'gpt-image-2', seed: 1 })).toBe('seed');
    expect(await param({ model: 'gpt-image-2', n: 11 })).toBe('n');
  });
});

describe('moderations, by OpenAI’s own client', () => {
  it('are by a list of words', async () => {
    const client = await start();
    const answer = await client.moderations.create({
      model: 'sim-moderation',
      input: ['I will kill time', 'A quiet garden'],
    });
    expect(answer.results.map(({ flagged }) => flagged)).toEqual([true, false]);
    expect(answer.results[0]?.categories.violence).toBe(true);
    expect(answer.results[1]?.category_scores.violence).toBeLessThan(0.01);
    const parts = await client.moderations.create({
      input: [{ type: 'text', text: 'stupid' }],
    });
    expect(parts.results[0]?.categories.harassment).toBe(true);
    await expect(client.moderations.create({ model: 'none', input: 'a' })).rejects.toMatchObject({
      status: 404,
    });
    await expect(client.moderations.create({ input: [] })).rejects.toMatchObject({ status: 400 });
    expect(simulator.bill.count).toBe(0);
  });
});
