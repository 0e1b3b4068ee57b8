import { defineProvider, endpoint } from '@inferway/provider-kit';
import { createSimulator } from '@inferway/simulator';
import { rerank } from '@inferway/wire';
import OpenAI, { toFile } from 'openai';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ask, json } from '../support/ask.js';
import { KEY, startGateway } from '../support/start-gateway.js';
import { startStack, type Stack } from '../support/start-stack.js';

const openai = ({ url }: Stack): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: KEY, maxRetries: 0 });

const SAID = 'The tide is high. Ships wait.';
const voice = 'alloy';

/** What the answer says that it cost, in nano-dollars. */
const costOf = (answer: Response): number =>
  Math.round(Number(answer.headers.get('x-inferway-cost')) * 1e9);

async function wavOf(client: OpenAI): Promise<File> {
  const answer = await client.audio.speech.create({
    model: 'openai/sim-speech',
    voice,
    input: SAID,
    response_format: 'wav',
  });
  return (await toFile(Buffer.from(await answer.arrayBuffer()), 'said.wav')) as File;
}

describe('an unmodified openai client behind the gateway', () => {
  test('draws, edits and streams images', async () => {
    const stack = await startStack();
    const client = openai(stack);
    const { data: made, response } = await client.images
      .generate({ model: 'openai/sim-image', prompt: 'A whale', size: '32x16', n: 2 })
      .withResponse();
    expect(made.data).toHaveLength(2);
    const png = Buffer.from(made.data?.[0]?.b64_json ?? '', 'base64');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([32, 16]);
    expect(made.usage).toMatchObject({ output_tokens: 2112 });
    expect(costOf(response)).toBe(stack.simulator.bill.entries.at(-1)?.cost);

    const file = await toFile(png, 'whale.png', { type: 'image/png' });
    const edited = await client.images.edit({
      model: 'openai/sim-image',
      prompt: 'Make it red',
      image: [file, file],
      mask: file,
    });
    expect(edited.usage?.input_tokens_details.image_tokens).toBe(646);

    const stream = await client.images.generate({
      model: 'openai/sim-image',
      prompt: 'A whale',
      size: '16x16',
      stream: true,
      partial_images: 1,
    });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types).toEqual(['image_generation.partial_image', 'image_generation.completed']);
  });

  test('speaks: a file, its bytes as they come, or events', async () => {
    const stack = await startStack();
    const client = openai(stack);
    const say = { model: 'openai/sim-speech', voice, input: SAID, response_format: 'wav' } as const;
    const whole = await client.audio.speech.create(say);
    expect(whole.headers.get('content-type')).toBe('audio/wav');
    expect(costOf(whole)).toBe(SAID.length * 15_000);
    const wav = Buffer.from(await whole.arrayBuffer());
    expect(wav.toString('latin1', 0, 4)).toBe('RIFF');
    const streamed = await client.audio.speech.create({ ...say, stream_format: 'audio' });
    expect(streamed.headers.get('content-type')).toBe('audio/wav');
    expect(streamed.headers.get('transfer-encoding')).toBe('chunked');
    expect(Buffer.from(await streamed.arrayBuffer()).equals(wav)).toBe(true);
    const events = await client.audio.speech.create({ ...say, stream_format: 'sse' });
    expect(events.headers.get('content-type')).toBe('text/event-stream');
    const pieces = (await events.text())
      .split('\n\n')
      .flatMap((message) =>
        message.startsWith('data: ')
          ? [JSON.parse(message.slice(6)) as { type: string; audio?: string }]
          : [],
      );
    const audio = pieces.map((piece) => Buffer.from(piece.audio ?? '', 'base64'));
    expect(Buffer.concat(audio).equals(wav)).toBe(true);
    expect(pieces.at(-1)?.type).toBe('speech.audio.done');
  });

  test('transcribes and translates, in every form and streamed', async () => {
    const stack = await startStack();
    const client = openai(stack);
    const file = await wavOf(client);
    const hear = { model: 'openai/sim-transcribe', file } as const;
    const { transcriptions, translations } = client.audio;
    const { data, response } = await transcriptions.create(hear).withResponse();
    expect(data.text).toBe(SAID);
    expect(costOf(response)).toBe(stack.simulator.bill.entries.at(-1)?.cost);
    expect(await transcriptions.create({ ...hear, response_format: 'text' })).toBe(`${SAID}\n`);
    const vtt = await transcriptions.create({ ...hear, response_format: 'vtt' });
    expect(vtt).toContain('Ships wait.');
    const verbose = await transcriptions.create({
      ...hear,
      response_format: 'verbose_json',
      timestamp_granularities: ['word'],
    });
    expect(verbose.words?.map(({ word }) => word)).toEqual(SAID.split(' '));
    const english = await translations.create({ ...hear, response_format: 'json' });
    expect(english.text).toBe(SAID);
    expect(stack.simulator.requests.at(-1)?.path).toBe('/openai/v1/audio/translations');
    const stream = await transcriptions.create({ ...hear, stream: true });
    let text = '';
    for await (const event of stream) {
      if (event.type === 'transcript.text.delta') text += event.delta;
    }
    expect(text).toBe(SAID);
  });

  test('moderates', async () => {
    const stack = await startStack();
    const client = openai(stack);
    const { results } = await client.moderations.create({
      model: 'openai/sim-moderation',
      input: 'I will stab you',
    });
    expect(results[0]?.categories.violence).toBe(true);
  });

  test('ranks documents, where the provider does', async () => {
    const simulator = createSimulator();
    await simulator.listen();
    onTestFinished(() => simulator.close());
    const provider = defineProvider({
      name: 'ranker',
      baseUrl: simulator.baseUrls.openai,
      key: { apiKey: 'sk-1' },
      endpoints: { rerank: endpoint({ format: rerank, path: 'rerank' }) },
    });
    const { url } = await startGateway([provider]);
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: KEY, maxRetries: 0 });
    const body = {
      model: 'ranker/sim-rerank',
      query: 'high tide',
      documents: ['sand', 'the tide'],
    };
    const answer = await client.post('/rerank', { body: { ...body, return_documents: true } });
    expect(answer).toMatchObject({
      results: [
        { index: 1, document: { text: 'the tide' } },
        { index: 0, relevance_score: 0 },
      ],
      meta: { billed_units: { search_units: 1 } },
    });
    const none = client.post('/rerank', { body: { ...body, documents: [] } });
    await expect(none).rejects.toMatchObject({ status: 400, param: 'documents' });
  });
});

describe('the routes of files', () => {
  test('refuse what is no form, a form without its file, and one that is too large', async () => {
    const stack = await startStack({}, { limits: { bodyBytes: 5000 } });
    const path = '/v1/audio/transcriptions';
    const inJson = await ask(stack.url, { path, body: '{"model":"openai/sim-transcribe"}' });
    expect([inJson.status, json(inJson).error]).toMatchObject([
      400,
      { message: expect.stringContaining('multipart/form-data') as string },
    ]);
    const form = (fields: string, length = fields.length) => ({
      path,
      headers: { 'content-type': 'multipart/form-data; boundary=b', 'content-length': `${length}` },
      body: fields,
    });
    const part = (name: string, value: string): string =>
      `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const noFile = await ask(stack.url, form(`${part('model', 'openai/sim-transcribe')}--b--\r\n`));
    expect(json(noFile).error).toMatchObject({ param: 'file', type: 'invalid_request_error' });
    const broken = await ask(stack.url, form('no form at all'));
    expect(broken.status).toBe(400);
    const large = await ask(stack.url, form(`${part('model', 'x'.repeat(6000))}--b--\r\n`));
    expect(large.status).toBe(413);
    expect(stack.calls()).toHaveLength(0);
  });

  test('break off a file that fails on the way, so that nobody takes it for whole', async () => {
    const stack = await startStack();
    stack.simulator.faults.set('F04');
    const answer = await fetch(`${stack.url}/v1/audio/speech`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'openai/sim-speech',
        voice,
        input: SAID.repeat(20),
        response_format: 'wav',
        stream_format: 'audio',
      }),
    });
    expect(answer.status).toBe(200);
    const pieces: Uint8Array[] = [];
    const reading = (async () => {
      for await (const piece of answer.body ?? []) pieces.push(piece);
    })();
    await expect(reading).rejects.toThrow();
    const wav = Buffer.concat(pieces);
    expect(wav.toString('latin1', 0, 4)).toBe('RIFF');
    // Nothing is said in the middle of a file.
    expect(wav.includes('error')).toBe(false);
    expect(wav.includes('data: ')).toBe(false);
  });
});
