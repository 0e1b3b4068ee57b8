import type { FileData } from '@inferway/core';
import fc from 'fast-check';
import type { HfTask, HfTaskOutput, HfTaskRequest } from '../src/index.js';

const text = fc.string({ minLength: 1, maxLength: 12 });
const score = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0);
const label = fc.record({ label: text, score });
const labels = fc.array(label, { minLength: 1, maxLength: 4 });
const numbers = fc.array(score, { minLength: 1, maxLength: 5 });
const place = fc.nat(500);

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const WAV = [...Buffer.from('RIFF\0\0\0\0WAVE', 'latin1')];
const MP4 = [0, 0, 0, 8, ...Buffer.from('ftypisom', 'latin1')];
function bytes(start: readonly number[], mediaType: string): fc.Arbitrary<FileData> {
  return fc.uint8Array({ maxLength: 20 }).map((rest) => ({
    type: 'bytes',
    data: Uint8Array.from([...start, ...rest]),
    mediaType,
  }));
}
const image = bytes(PNG, 'image/png');
const audio = bytes(WAV, 'audio/wav');
const video = bytes(MP4, 'video/mp4');
const one = (file: fc.Arbitrary<FileData>): fc.Arbitrary<FileData[]> => file.map((made) => [made]);
const base64 = (mediaType: string): fc.Arbitrary<FileData> =>
  fc.uint8Array({ minLength: 1, maxLength: 20 }).map((data) => ({
    type: 'base64',
    data: Buffer.from(data).toString('base64'),
    mediaType,
  }));
const answers = fc.array(
  fc.record({ answer: text, score, start: place, end: place }, { requiredKeys: ['answer'] }),
  { minLength: 1, maxLength: 3 },
);
const vector = fc.array(score, { minLength: 2, maxLength: 2 });
const table = fc.constant({ a: ['1', '2'], b: ['3', '4'] });
const labelled = fc.record({ candidate_labels: fc.array(text, { minLength: 1 }) });
const none = fc.constant(undefined);

type Case<T extends HfTask> = readonly [
  inputs: fc.Arbitrary<HfTaskRequest<T>['inputs']>,
  output: fc.Arbitrary<HfTaskOutput<T>>,
  parameters?: fc.Arbitrary<unknown>,
];

/** For each task, what may be asked and what may be answered. */
export const CASES: { readonly [T in HfTask]: Case<T> } = {
  'text-classification': [text, labels, fc.record({ top_k: place })],
  'zero-shot-classification': [text, labels, labelled],
  'token-classification': [
    text,
    fc.array(
      fc.record(
        { label: text, score, word: text, start: place, end: place },
        { requiredKeys: ['label', 'score', 'word'] },
      ),
    ),
  ],
  'fill-mask': [
    text,
    fc
      .integer({ min: 1, max: 3 })
      .chain((masks) =>
        fc.tuple(
          ...Array.from({ length: masks }, (_, mask) =>
            fc.array(
              fc.record({
                score,
                token: place,
                tokenText: text,
                sequence: text,
                mask: fc.constant(mask),
              }),
              { minLength: 1, maxLength: 2 },
            ),
          ),
        ),
      )
      .map((lists) => lists.flat()),
  ],
  summarization: [fc.oneof(text, fc.array(text, { minLength: 1 })), fc.array(text)],
  translation: [fc.oneof(text, fc.array(text, { minLength: 1 })), fc.array(text)],
  'text-generation': [
    text,
    fc.record(
      { text, finishReason: text, generatedTokens: place, inputTokens: place, seed: place },
      { requiredKeys: ['text'] },
    ),
    fc.record({ max_new_tokens: place }),
  ],
  'question-answering': [fc.record({ question: text, context: text }), answers],
  'table-question-answering': [
    fc.record({ query: text, table }),
    fc.array(
      fc.record(
        {
          answer: text,
          coordinates: fc.array(fc.tuple(place, place)),
          cells: fc.array(text),
          aggregator: fc.constantFrom('SUM', 'AVERAGE'),
        },
        { requiredKeys: ['answer', 'coordinates', 'cells'] },
      ),
      { minLength: 1 },
    ),
  ],
  'sentence-similarity': [fc.record({ sourceSentence: text, sentences: fc.array(text) }), numbers],
  'feature-extraction': [
    fc.array(text, { minLength: 2, maxLength: 2 }),
    fc.array(vector, { minLength: 2, maxLength: 2 }).map((vectors) => ({ vectors })),
    fc.record({ normalize: fc.boolean() }),
  ],
  'audio-classification': [audio, labels],
  'automatic-speech-recognition': [
    audio,
    fc.record(
      {
        text,
        chunks: fc.array(
          fc.record({ text, start: score, end: score }, { requiredKeys: ['text', 'start'] }),
          { minLength: 1 },
        ),
      },
      { requiredKeys: ['text'] },
    ),
    fc.record({ return_timestamps: fc.boolean() }),
  ],
  'audio-to-audio': [
    audio,
    fc.array(fc.record({ label: text, audio: base64('audio/flac') }), { minLength: 1 }),
  ],
  'text-to-speech': [text, audio],
  'text-to-audio': [text, audio],
  'text-to-image': [text, one(image), fc.record({ seed: place })],
  'image-to-image': [image, one(image), fc.record({ prompt: text })],
  'text-to-video': [text, one(video)],
  'image-to-video': [image, one(video)],
  'image-to-text': [image, text],
  'image-classification': [image, labels],
  'zero-shot-image-classification': [image, labels, labelled],
  'object-detection': [
    image,
    fc.array(
      fc.record({
        label: text,
        score,
        box: fc.record({ xmin: place, ymin: place, xmax: place, ymax: place }),
      }),
    ),
  ],
  'image-segmentation': [
    image,
    fc.array(
      fc.record(
        { label: text, score, mask: base64('image/png') },
        { requiredKeys: ['label', 'mask'] },
      ),
    ),
  ],
  'visual-question-answering': [fc.record({ image, question: text }), answers],
  'document-question-answering': [fc.record({ image, question: text }), answers],
  'tabular-classification': [
    table.map((data) => ({ data })),
    fc.array(fc.oneof(text, place), { minLength: 1 }),
  ],
  'tabular-regression': [table.map((data) => ({ data })), numbers],
};

/** A request for a task, with parameters or without. */
export function requestOf(task: HfTask): fc.Arbitrary<HfTaskRequest> {
  const [inputs, , parameters = none] = CASES[task] as Case<HfTask>;
  return fc
    .record({ inputs: inputs as fc.Arbitrary<unknown>, parameters })
    .map(({ parameters: given, ...rest }) =>
      given === undefined ? { task, ...rest } : { task, ...rest, parameters: given },
    ) as fc.Arbitrary<HfTaskRequest>;
}
