import type { TranscribeRequest, TranscribeResult } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BytesBody,
  MultipartBody,
  openaiTranscriptions,
  openaiTranscriptionsPath,
  openaiTranslations,
  type OpenAITranscriptionsDialect,
} from '../src/index.js';
import { sourceOf } from './decode-stream.js';
import { AS, fieldsOf, file, formPassthrough, overTheWire, targetOf, text } from './media-door.js';
import { maybe, number, word } from './openai-arbitraries.js';
import { refusal } from './refusal.js';

const words = fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8}){0,3}$/u);
const seconds = fc.integer({ min: 0, max: 9_999_999 }).map((ms) => ms / 1000);
const times = { start: seconds, end: seconds };
const common = { language: word, prompt: text, temperature: number(0, 1) };
const audio = file('audio/wav');
const forms: readonly Record<string, fc.Arbitrary<unknown>>[] = [
  { logprobs: fc.constant(true) },
  { timestamps: fc.uniqueArray(fc.constantFrom('segment', 'word'), { minLength: 1 }) },
  { subtitles: fc.constantFrom('srt', 'vtt') },
  { diarize: fc.constant(true) },
];
const passthrough = formPassthrough('openai-transcriptions');
const request = fc.oneof(
  ...forms.map((form) => maybe({ audio }, { ...common, ...form, passthrough })),
) as fc.Arbitrary<TranscribeRequest>;
const WAVE: TranscribeRequest = {
  audio: { type: 'base64', data: 'AAAA', mediaType: 'audio/wav' },
};
const token = fc.record({
  token: text,
  logprob: number(-20, 0),
  bytes: fc.array(fc.nat({ max: 255 })),
});

const read = (body: unknown, asked: Partial<TranscribeRequest> = {}): TranscribeResult =>
  openaiTranscriptions.decodeResponse(body, { ...sourceOf([]), request: asked }).result;
const write = (
  asked: Partial<TranscribeRequest>,
  dialect?: OpenAITranscriptionsDialect,
  stream = false,
): [Record<string, string | string[]>, string[]] => {
  const target = targetOf(dialect, stream);
  const body = openaiTranscriptions.encodeRequest({ ...WAVE, ...asked }, target);
  return [fieldsOf(body), target.warnings.map(({ setting }) => setting ?? '')];
};

describe('Transcriptions', () => {
  it('decode the request that they encoded', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (whole) => {
        const target = targetOf<OpenAITranscriptionsDialect>();
        const body = await overTheWire(openaiTranscriptions.encodeRequest(whole, target));
        expect(target.warnings).toEqual([]);
        const decoded = openaiTranscriptions.decodeRequest(body);
        expect(decoded).toMatchObject({ model: 'm', stream: false });
        expect(decoded.request).toEqual(whole);
      }),
    );
  });

  it('decode the result that they encoded, in every form', async () => {
    const plain = maybe({ text: words }, { logprobs: fc.array(token, { minLength: 1 }) });
    const segment = fc.record({ ...times, text: words });
    const timed = maybe(
      { text: words, segments: fc.array(segment, { minLength: 1 }) },
      { language: word, durationSeconds: seconds },
    );
    const verbose = fc.record({ whole: timed, word: fc.record({ word: words, ...times }) });
    const forms: [string, fc.Arbitrary<TranscribeResult>][] = [
      ['json', plain],
      ['text', fc.record({ text: words })],
      ['verbose_json', verbose.map((all) => ({ ...all.whole, words: [all.word] }))],
      [
        'diarized_json',
        timed.map((whole) => ({
          ...whole,
          segments: whole.segments.map((one) => ({ ...one, speaker: 'A' })),
        })),
      ],
    ];
    for (const [form, arbitrary] of forms) {
      await fc.assert(
        fc.asyncProperty(arbitrary, async (whole) => {
          const usage = { units: { inputAudioSeconds: 2.5 } };
          const as = { ...AS, form };
          const body = openaiTranscriptions.encodeResponse({ result: whole, usage }, as);
          expect(body instanceof BytesBody).toBe(form === 'text');
          expect(read(await overTheWire(body))).toEqual(whole);
        }),
      );
    }
  });

  it('write and read subtitles of both kinds', async () => {
    const cues = fc.array(fc.record({ ...times, text: words }), { minLength: 1 });
    for (const form of ['srt', 'vtt'] as const) {
      await fc.assert(
        fc.asyncProperty(cues, async (segments) => {
          const whole = { text: segments.map((segment) => segment.text).join(' '), segments };
          const body = openaiTranscriptions.encodeResponse({ result: whole }, { ...AS, form });
          const decoded = read(await overTheWire(body), { subtitles: form });
          expect(decoded).toMatchObject(whole);
          // The same text again from times alone, as for a provider that gives no subtitles.
          expect(read(whole, { subtitles: form }).subtitles).toBe(decoded.subtitles);
        }),
      );
    }
    const srt = '1\r\n00:00:00,500 --> 01:02:03,250\r\nTwo\r\nlines\r\n\r\n';
    const decoded = read(new BytesBody(new TextEncoder().encode(srt), 'text/plain'));
    expect(decoded.segments).toEqual([{ start: 0.5, end: 3723.25, text: 'Two\nlines' }]);
  });

  it('choose the form that holds most of what was asked for', () => {
    const form = (asked: Partial<TranscribeRequest>, ...rest: [OpenAITranscriptionsDialect?]) =>
      write(asked, ...rest)[0]['response_format'];
    expect(form({})).toBeUndefined();
    expect(form({ subtitles: 'vtt' })).toBe('vtt');
    expect(form({ subtitles: 'vtt', timestamps: ['word'] })).toBe('verbose_json');
    expect(form({ diarize: true, subtitles: 'srt' })).toBe('diarized_json');
    // Subtitles are made of times where the provider has none.
    const groqLike = { forms: ['json', 'text', 'verbose_json'] } as const;
    expect(write({ subtitles: 'srt' }, groqLike)).toEqual([
      { model: 'm', response_format: 'verbose_json' },
      [],
    ]);
    expect(write({ subtitles: 'srt', timestamps: ['word'] }, { forms: ['json'] })).toEqual([
      { model: 'm' },
      ['timestamps', 'subtitles'],
    ]);
    expect(write({ diarize: true }, { diarize: { field: 'diarize' } })[0]).toEqual({
      model: 'm',
      response_format: 'verbose_json',
      diarize: 'true',
    });
    expect(write({ timestamps: ['word'], subtitles: 'srt' }, undefined, true)).toEqual([
      { model: 'm', stream: 'true' },
      ['timestamps', 'subtitles'],
    ]);
    // What does not stream may have times, since its whole answer becomes the events.
    expect(write({ timestamps: ['word'] }, { streams: false }, true)[0]).toEqual({
      model: 'm',
      response_format: 'verbose_json',
      'timestamp_granularities[]': ['word'],
    });
  });

  it('read what engines and providers write in their own way', () => {
    expect(read({ text: 'a', duration: '5.0', x_groq: { id: 'r' } })).toEqual({
      text: 'a',
      durationSeconds: 5,
    });
    const speakers = {
      text: 'a b',
      segments: [{ start: 0, end: 2, text: 'a b' }],
      speaker_segments: [{ speaker_id: 'S0', start: 0, end: 1, text: 'a' }],
      languages: [{ code: 'de' }],
    };
    expect(read(speakers)).toEqual({
      text: 'a b',
      language: 'de',
      segments: [{ start: 0, end: 1, text: 'a', speaker: 'S0' }],
    });
    const unmarked = new BytesBody(new TextEncoder().encode('{"text":"a"}'), 'text/plain');
    expect(read(unmarked)).toEqual({ text: 'a' });
    expect(() => read({ error: 'x' })).toThrow(expect.objectContaining({ code: 'server' }));
    expect(() => read({ task: 'x' })).toThrow(expect.objectContaining({ code: 'empty_response' }));
    const usage = (raw: object): unknown =>
      openaiTranscriptions.decodeResponse({ text: 'a', ...raw }, sourceOf([])).usage;
    expect(usage({ duration: 3 })).toEqual({ units: { inputAudioSeconds: 3 } });
    expect(
      usage({
        usage: { type: 'tokens', input_tokens: 9, input_token_details: { audio_tokens: 8 } },
      }),
    ).toMatchObject({ inputTokens: 9, inputAudioTokens: 8 });
    expect(usage({})).toBeUndefined();
  });

  it('translate at a path of their own', () => {
    const [fields, warned] = write({ translate: true, language: 'de' });
    expect(fields).toEqual({ model: 'm' });
    expect(warned).toEqual(['language']);
    expect(openaiTranscriptionsPath('m', { ...WAVE, translate: true })).toBe('audio/translations');
    expect(openaiTranscriptionsPath('m', WAVE)).toBe('audio/transcriptions');
    const form = openaiTranslations.encodeRequest(WAVE, targetOf());
    expect(openaiTranslations.decodeRequest(form).request).toMatchObject({ translate: true });
  });

  it('take a URL only where the dialect has a field for it', () => {
    const audioUrl = { audio: { type: 'url', url: 'https://a.example/x.wav' } } as const;
    expect(refusal(() => write(audioUrl)).param).toBe('audio');
    expect(refusal(() => write({ audio: { type: 'file-id', id: 'f' } })).param).toBe('audio');
    const [fields] = write(audioUrl, { urlField: 'url' });
    expect(fields).toEqual({ model: 'm', url: audioUrl.audio.url });
    const parts = Object.entries(fields).map(([name, value]) => ({ name, value: String(value) }));
    const decoded = openaiTranscriptions.decodeRequest(new MultipartBody(parts));
    expect(decoded.request).toEqual(audioUrl);
  });

  it('refuse wrong forms by the path of the field', () => {
    const wav = { name: 'file', fileName: 'a.wav', mediaType: 'audio/wav', data: Uint8Array.of(1) };
    const decode = (fields: Record<string, string>, ...files: MultipartBody['parts']): unknown =>
      openaiTranscriptions.decodeRequest(
        new MultipartBody([
          ...Object.entries({ model: 'm', ...fields }).map(([name, value]) => ({ name, value })),
          ...files,
        ]),
      );
    expect(refusal(() => decode({})).param).toBe('file');
    expect(refusal(() => decode({ file: 'C:\\a.wav' })).param).toBe('file');
    expect(refusal(() => decode({}, wav, wav)).param).toBe('file');
    expect(refusal(() => openaiTranscriptions.decodeRequest({ model: 'm' })).message).toContain(
      'multipart/form-data',
    );
    const wrong: [Record<string, string>, string][] = [
      [{ model: '' }, 'model'],
      [{ response_format: 'xml' }, 'response_format'],
      [{ temperature: 'hot' }, 'temperature'],
      [{ temperature: '2' }, 'temperature'],
      [{ stream: 'yes' }, 'stream'],
      [{ 'timestamp_granularities[]': 'word' }, 'timestamp_granularities'],
      [
        { response_format: 'verbose_json', timestamp_granularities: 'line' },
        'timestamp_granularities[0]',
      ],
      [{ 'include[]': 'x' }, 'include[0]'],
    ];
    for (const [fields, param] of wrong) {
      expect(refusal(() => decode(fields, wav)).param).toBe(param);
    }
    const twice = (): unknown => decode({}, wav, { name: 'model', value: 'n' });
    expect(refusal(twice).param).toBe('model');
  });
});
