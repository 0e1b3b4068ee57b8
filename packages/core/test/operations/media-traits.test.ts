import {
  countTokensTraits,
  createClient,
  imageTraits,
  rawTraits,
  speechTraits,
  transcribeTraits,
  type FileData,
  type ImageResult,
  type TranscribeResult,
} from '@inferway/core';
import { accept, emit, fakeProvider, result } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';

const traits = {
  image: imageTraits,
  speech: speechTraits,
  transcribe: transcribeTraits,
  raw: rawTraits,
  countTokens: countTokensTraits,
};
const wav: FileData = { type: 'bytes', data: Uint8Array.of(1), mediaType: 'audio/wav' };
const png: FileData = { type: 'base64', data: 'AAAA', mediaType: 'image/png' };
const link: FileData = { type: 'url', url: 'https://a.example/x.png' };

/** A client whose provider answers with `answer`, and what reached the provider. */
function setUp(answer: object) {
  const provider = fakeProvider({
    operations: ['image', 'speech', 'transcribe', 'raw', 'countTokens'],
    traits,
    script: [accept(), result(answer as never)],
  });
  const client = createClient({ providers: [provider] });
  return { client, sent: () => provider.attempts[0]?.call.request };
}

describe('inputs become requests', () => {
  test('and a file that cannot be read gives up those that are read beside it', async () => {
    let givenUp = 0;
    const endless = (): AsyncIterable<Uint8Array> => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: () => {
          givenUp++;
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    });
    const { client, sent } = setUp({ images: [] });
    const broken = 'no-file' as never;
    const prompt = { model: 'fake/m', prompt: 'a' } as const;
    const one = errorOf(client.image({ ...prompt, images: [endless(), broken] } as never));
    expect(await one).toMatchObject({ code: 'invalid_request', param: 'images[1]' });
    const form = { a: endless(), b: { type: 'nothing' } as never };
    const other = errorOf(client.raw({ model: 'fake/m', path: 'x', form } as never));
    expect(await other).toMatchObject({ code: 'invalid_request', param: 'form.b' });
    expect(givenUp).toBe(2);
    expect(sent()).toBeUndefined();
  });

  test('with files read, also from streams, and other settings as they were', async () => {
    const { client, sent } = setUp({ images: [{ image: png }] });
    await client.image({
      model: 'fake/m',
      prompt: 'p',
      images: [new Blob([Uint8Array.of(7)], { type: 'image/png' }), link.url],
      mask: png,
      count: 2,
    });
    expect(sent()).toEqual({
      prompt: 'p',
      count: 2,
      images: [{ type: 'bytes', data: Uint8Array.of(7), mediaType: 'image/png' }, link],
      mask: png,
    });
  });

  test('and are refused by the place of what is no file', async () => {
    const { client, sent } = setUp({ images: [] });
    const error = await errorOf(
      client.image({ model: 'fake/m', prompt: 'p', images: [png, 'not a file'] }),
    );
    expect(error).toMatchObject({ code: 'invalid_request', param: 'images[1]' });
    expect(sent()).toBeUndefined();
    const form = { a: 'text', b: 7, c: true, d: new Blob([Uint8Array.of(1)]) };
    const raw = setUp({ status: 200 });
    await raw.client.raw({ model: 'fake/m', path: 'p', form });
    expect(raw.sent()).toMatchObject({
      form: { a: 'text', b: '7', c: 'true', d: { type: 'bytes' } },
    });
    const wrong = raw.client.raw({ model: 'fake/m', path: 'p', form: { d: {} as never } });
    expect((await errorOf(wrong)).param).toBe('form.d');
  });

  test('of a transcription are audio in any form', async () => {
    const { client, sent } = setUp({ text: 'hi' });
    const answer = await client.transcribe({ model: 'fake/m', audio: wav, language: 'en' });
    expect(answer.text).toBe('hi');
    expect(sent()).toEqual({ audio: wav, language: 'en' });
  });

  test('of a count are those of a chat', async () => {
    const { client, sent } = setUp({ inputTokens: 3 });
    const messages = [{ role: 'user' as const, content: 'hi' }];
    expect(await client.countTokens({ model: 'fake/m', messages })).toMatchObject({
      inputTokens: 3,
    });
    expect(sent()).toMatchObject({ messages: [{ role: 'user' }] });
  });
});

describe('results and events', () => {
  const images: ImageResult = { images: [{ image: png, seed: 1 }, { image: png }], created: 5 };
  const transcript: TranscribeResult = {
    text: 'a b',
    language: 'en',
    durationSeconds: 2,
    segments: [{ start: 0, end: 2, text: 'a b', speaker: 'A' }],
    words: [{ word: 'a', start: 0, end: 1 }],
    logprobs: [{ token: 'a', logprob: -1 }],
    model: 'm',
  };

  test('turn into each other without loss', () => {
    const fold = imageTraits.fold!();
    for (const event of imageTraits.unfold!(images, undefined)) fold.add(event);
    expect(fold.result()).toEqual(images);
    const text = transcribeTraits.fold!();
    for (const event of transcribeTraits.unfold!(transcript, undefined)) text.add(event);
    expect(text.result()).toEqual(transcript);
    const spoken = speechTraits.fold!();
    for (const event of speechTraits.unfold!({ audio: wav, model: 'm' }, undefined)) {
      spoken.add(event);
    }
    const { audio, model } = spoken.result();
    expect([audio.type === 'bytes' && [...audio.data], model]).toEqual([[1], 'm']);
    // What is elsewhere cannot be streamed.
    expect(() => speechTraits.unfold!({ audio: link }, undefined)).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  test('put images in the order of their index, whatever came first, and skip unfinished ones', () => {
    const fold = imageTraits.fold!();
    fold.add({ type: 'image', index: 1, image: { image: link } });
    fold.add({ type: 'image-partial', index: 0, step: 0, image: png });
    fold.add({ type: 'image', index: 0, image: { image: png } });
    expect(fold.result().images.map(({ image }) => image)).toEqual([png, link]);
  });

  test('stream text through the client', async () => {
    const provider = fakeProvider({
      operations: ['transcribe'],
      traits,
      script: [
        accept(),
        emit(
          { type: 'start' } as never,
          { type: 'text-delta', text: 'a ' } as never,
          { type: 'text-delta', text: 'b' } as never,
          { type: 'end' } as never,
        ),
      ],
    });
    const client = createClient({ providers: [provider] });
    const stream = await client.transcribe.stream({ model: 'fake/m', audio: wav });
    let text = '';
    for await (const piece of stream.text) text += piece;
    expect(text).toBe('a b');
  });

  test('have files that can be changed, and pass where they are addresses', async () => {
    const mapped = await imageTraits.mapFiles!(
      { images: [{ image: link, seed: 2 }] },
      async () => png,
    );
    expect(mapped).toEqual({ images: [{ image: png, seed: 2 }] });
    expect(await speechTraits.mapFiles!({ audio: link }, async () => wav)).toEqual({ audio: wav });
    expect(imageTraits.ending!({ images: [{ image: png }, { image: link }] })).toBe('passing');
    expect(imageTraits.ending!(images)).toBe('answer');
    expect(imageTraits.ending!({ images: [] })).toBe('incomplete');
    expect(speechTraits.ending!({ audio: link })).toBe('passing');
    expect(speechTraits.ending!({ audio: wav })).toBe('answer');
  });
});
