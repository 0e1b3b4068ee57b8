import OpenAI, { toFile } from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator, type SimulatorOptions } from '../src/index.js';

let simulator: Simulator;
afterEach(() => simulator.close());

async function start(options: SimulatorOptions = {}): Promise<OpenAI> {
  simulator = createSimulator(options);
  await simulator.listen();
  return new OpenAI({ baseURL: simulator.baseUrls.openai, apiKey: 'sk-sim', maxRetries: 0 });
}

const SAID = 'Hello there. This is a test, with ñ and 日本.';
const voice = 'alloy';

async function speak(
  client: OpenAI,
  response_format: 'wav' | 'mp3' | 'pcm',
  input = SAID,
): Promise<Buffer> {
  const answer = await client.audio.speech.create({
    model: 'sim-speech',
    voice,
    input,
    response_format,
  });
  return Buffer.from(await answer.arrayBuffer());
}

const fileOf = (data: Buffer, name: string): Promise<File> => toFile(data, name) as Promise<File>;

describe('speech, by OpenAI’s own client', () => {
  it('is a real file, as long as the text takes to say, billed by its characters', async () => {
    const client = await start();
    const answer = await client.audio.speech.create({ model: 'sim-speech', voice, input: SAID });
    expect(answer.headers.get('content-type')).toBe('audio/mpeg');
    const mp3 = Buffer.from(await answer.arrayBuffer());
    expect(mp3.toString('latin1', 0, 3)).toBe('ID3');
    const wav = await speak(client, 'wav');
    expect(wav.toString('latin1', 0, 4) + wav.toString('latin1', 8, 12)).toBe('RIFFWAVE');
    expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
    const pcm = await speak(client, 'pcm');
    expect(pcm.length).toBe(wav.readUInt32LE(40));
    expect((await speak(client, 'pcm', `${SAID} ${SAID}`)).length).toBeGreaterThan(pcm.length);
    const [entry] = simulator.bill.entries;
    expect(entry?.usage.units).toMatchObject({ inputCharacters: [...SAID].length });
    expect(entry?.cost).toBe([...SAID].length * 15_000);
  });

  it('is streamed as the file, or in events with its usage', async () => {
    const client = await start({ pace: { ttftMs: 0, perTokenMs: 0, tokensPerChunk: 5 } });
    const whole = await speak(client, 'wav');
    const raw = await client.audio.speech.create({
      model: 'sim-speech',
      voice,
      input: SAID,
      response_format: 'wav',
      stream_format: 'audio',
    });
    expect(raw.headers.get('content-type')).toBe('audio/wav');
    expect(Buffer.from(await raw.arrayBuffer()).equals(whole)).toBe(true);
    const events = await client.audio.speech.create({
      model: 'sim-speech',
      voice,
      input: SAID,
      response_format: 'wav',
      stream_format: 'sse',
    });
    expect(events.headers.get('content-type')).toContain('text/event-stream');
    const told = (await events.text())
      .split('\n\n')
      .filter((message) => message !== '')
      .map((message) => JSON.parse(message.slice(6)) as { type: string; audio?: string });
    const audio = told.map((event) => Buffer.from(event.audio ?? '', 'base64'));
    expect(Buffer.concat(audio).equals(whole)).toBe(true);
    expect(told.length).toBeGreaterThan(3);
    expect(told.at(-1)).toMatchObject({ type: 'speech.audio.done', usage: { type: 'tokens' } });
  });

  it('refuses what OpenAI refuses, and formats that it has no voice in', async () => {
    const client = await start({
      models: [{ id: 'tts-1', kind: 'speech', prices: { input: 0, output: 0 } }],
    });
    const param = (body: object): Promise<unknown> =>
      client.audio.speech.create({ model: 'tts-1', voice, input: 'a', ...body } as never).then(
        () => undefined,
        (error: { param: unknown }) => error.param,
      );
    expect(await param({ voice: undefined })).toBe('voice');
    expect(await param({ input: 'a'.repeat(4097) })).toBe('input');
    expect(await param({ stream_format: 'sse' })).toBe('stream_format');
    expect(await param({ response_format: 'opus' })).toBe('response_format');
    expect(await param({ speed: 9 })).toBe('speed');
    expect(await param({})).toBeUndefined();
  });
});

describe('transcriptions, by OpenAI’s own client', () => {
  it('give back what the simulator said, in WAV and in MP3, billed by the minute', async () => {
    const client = await start();
    for (const kind of ['wav', 'mp3'] as const) {
      const file = await fileOf(await speak(client, kind), `a.${kind}`);
      const { text } = await client.audio.transcriptions.create({ model: 'sim-transcribe', file });
      expect(text).toBe(SAID);
    }
    const entry = simulator.bill.entries.at(-1);
    const seconds = entry?.usage.units?.inputAudioSeconds ?? 0;
    expect(seconds).toBeGreaterThan(1);
    expect(entry?.cost).toBe(Math.round((seconds * 6_000_000) / 60));
  });

  it('come in every form', async () => {
    const client = await start();
    const file = await fileOf(await speak(client, 'wav'), 'a.wav');
    const ask = { model: 'sim-transcribe', file } as const;
    const { transcriptions } = client.audio;
    expect(await transcriptions.create({ ...ask, response_format: 'text' })).toBe(`${SAID}\n`);
    const srt = await transcriptions.create({ ...ask, response_format: 'srt' });
    expect(srt).toMatch(/^1\n00:00:00,000 --> 00:00:0\d,\d{3}\nHello there\.\n\n2\n/u);
    const vtt = await transcriptions.create({ ...ask, response_format: 'vtt' });
    expect(vtt.startsWith('WEBVTT\n\n00:00:00.000 -->')).toBe(true);
    const verbose = await transcriptions.create({
      ...ask,
      response_format: 'verbose_json',
      timestamp_granularities: ['word', 'segment'],
    });
    expect(verbose.segments?.map(({ text }) => text)).toEqual([
      'Hello there.',
      'This is a test, with ñ and 日本.',
    ]);
    expect(verbose.words?.[0]).toMatchObject({ word: 'Hello', start: 0 });
    expect(verbose.words?.at(-1)?.end).toBeCloseTo(verbose.duration, 2);
    const speakers = (await transcriptions.create({
      ...ask,
      response_format: 'diarized_json',
    })) as unknown as OpenAI.Audio.TranscriptionDiarized;
    expect(speakers.segments.map(({ speaker }) => speaker)).toEqual(['A', 'B']);
    const { logprobs } = await transcriptions.create({ ...ask, include: ['logprobs'] });
    expect(logprobs?.map(({ token }) => token).join('')).toBe(SAID);
    const english = await client.audio.translations.create({
      model: 'sim-transcribe',
      file,
      response_format: 'verbose_json',
    });
    expect(english).toMatchObject({ text: SAID, language: 'english', task: 'translate' });
  });

  it('are streamed', async () => {
    const client = await start();
    const file = await fileOf(await speak(client, 'wav'), 'a.wav');
    const stream = await client.audio.transcriptions.create({
      model: 'sim-transcribe',
      file,
      stream: true,
    });
    let text = '';
    let whole: string | undefined;
    for await (const event of stream) {
      if (event.type === 'transcript.text.delta') text += event.delta;
      if (event.type === 'transcript.text.done') whole = event.text;
    }
    expect([text, whole]).toEqual([SAID, SAID]);
  });

  it('make up prose for other sounds, always the same, and refuse what is no sound', async () => {
    const client = await start();
    const { transcriptions } = client.audio;
    const ask = (data: Buffer): Promise<{ text: string }> =>
      fileOf(data, 'a.ogg').then((file) =>
        transcriptions.create({ model: 'sim-transcribe', file }),
      );
    const ogg = Buffer.concat([Buffer.from('OggS'), Buffer.alloc(64_000)]);
    const first = await ask(ogg);
    expect(first.text).toMatch(/^Somebody says/u);
    expect(await ask(ogg)).toEqual(first);
    await expect(ask(Buffer.from('no sound at all'))).rejects.toMatchObject({
      status: 400,
      param: 'file',
    });
    await expect(
      client.post('/audio/transcriptions', { body: { model: 'sim-transcribe' } }),
    ).rejects.toMatchObject({ status: 400 });
    await expect(
      client.post('/audio/transcriptions', {
        body: 'x',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      }),
    ).rejects.toMatchObject({ status: 400 });
  });
});

describe('faults and limits', () => {
  it('are those of every other endpoint', async () => {
    const client = await start({ limits: { requestsPerMinute: 2 } });
    const wav = await speak(client, 'wav');
    simulator.faults.next('F04');
    const cut = client.audio.speech.create({
      model: 'sim-speech',
      voice,
      input: SAID,
      stream_format: 'audio',
    });
    await expect(cut.then((answer) => answer.arrayBuffer())).rejects.toThrow();
    const file = await fileOf(wav, 'a.wav');
    const { transcriptions } = client.audio;
    expect((await transcriptions.create({ model: 'sim-transcribe', file })).text).toBe(SAID);
    await expect(speak(client, 'mp3')).rejects.toMatchObject({ status: 429 });
  });
});
