import { fileBase64, InferwayError } from '@inferway/core';
import type { HfTask, HfTaskOutput, HfTaskRequest, TableColumns } from '@inferway/wire';
import { embedding } from '../../../answer/embedding.js';
import {
  bytesOf,
  heard,
  imageFile,
  moodOf,
  seenIn,
  sizeOf,
  soundFile,
  videoFile,
} from './media-answers.js';
import {
  answerIn,
  answerOfTable,
  continuation,
  feeling,
  fill,
  names,
  nearestLabels,
  similarity,
  summary,
} from './text-answers.js';

const DIMENSIONS = 256;
const SIDE = 64;

type Answers = {
  readonly [T in HfTask]: (
    request: Extract<HfTaskRequest, { readonly task: T }>,
    parameters: Readonly<Record<string, unknown>>,
  ) => HfTaskOutput<T>;
};

/** What the simulated models of the tasks say: computed from the input, so that a test can tell whose answer it is. */
const ANSWERS: Answers = {
  'text-classification': ({ inputs }, { top_k: most }) => top(feeling(inputs), most),
  'zero-shot-classification': ({ inputs }, parameters) =>
    nearestLabels(inputs, labelsOf(parameters), parameters['multi_label'] === true),
  'token-classification': ({ inputs }) => names(inputs),
  'fill-mask': ({ inputs }) => {
    const filled = fill(inputs);
    if (filled !== undefined) return filled;
    throw new InferwayError('invalid_request', {
      message: 'No mask_token ([MASK]) found on the input',
    });
  },
  summarization: ({ inputs }) => [inputs].flat().map(summary),
  translation: ({ inputs }, { tgt_lang: language = 'xx' }) =>
    [inputs].flat().map((text) => `[${String(language)}] ${text}`),
  'text-generation': ({ inputs }, parameters) => continuation(inputs, parameters),
  'question-answering': ({ inputs }) => [answerIn(inputs.context, inputs.question)],
  'table-question-answering': ({ inputs }) => [answerOfTable(inputs.table, inputs.query)],
  'sentence-similarity': ({ inputs }) =>
    inputs.sentences.map((sentence) => similarity(inputs.sourceSentence, sentence)),
  'feature-extraction': ({ inputs }) => ({
    vectors: [inputs].flat().map((text) => embedding(text, DIMENSIONS)),
  }),
  'audio-classification': ({ inputs }, { top_k: most }) => top(moodOf(bytesOf(inputs)), most),
  'automatic-speech-recognition': ({ inputs }, { return_timestamps: timed }) =>
    heard(inputs, timed === true || timed === 'word'),
  'audio-to-audio': ({ inputs }) => [
    {
      label: 'speech',
      audio: { type: 'base64', data: fileBase64(inputs), mediaType: 'audio/wav' },
    },
  ],
  'text-to-speech': ({ inputs }) => soundFile(inputs),
  'text-to-audio': ({ inputs }) => soundFile(inputs),
  'text-to-image': ({ inputs }, { width = SIDE, height = SIDE }) => [
    imageFile(inputs, Number(width), Number(height)),
  ],
  'image-to-image': ({ inputs }, { prompt = '' }) => [
    imageFile(`${String(prompt)} ${bytesOf(inputs).length}`, ...sizeOf(bytesOf(inputs))),
  ],
  'text-to-video': ({ inputs }) => [videoFile(inputs)],
  'image-to-video': (_request, { prompt = '' }) => [videoFile(String(prompt))],
  'image-to-text': ({ inputs }) => {
    const bytes = bytesOf(inputs);
    return `a simulated picture of ${seenIn(bytes)[0]?.label ?? 'nothing'}, ${sizeOf(bytes).join(' by ')}`;
  },
  'image-classification': ({ inputs }, { top_k: most }) => top(seenIn(bytesOf(inputs)), most),
  'zero-shot-image-classification': ({ inputs }, parameters) =>
    nearestLabels(seenIn(bytesOf(inputs))[0]?.label ?? '', labelsOf(parameters), false),
  'object-detection': ({ inputs }) => {
    const [width, height] = sizeOf(bytesOf(inputs));
    const [first] = seenIn(bytesOf(inputs));
    if (first === undefined) return [];
    return [{ ...first, box: { xmin: 0, ymin: 0, xmax: Math.ceil(width / 2), ymax: height } }];
  },
  'image-segmentation': ({ inputs }) => {
    const [first] = seenIn(bytesOf(inputs));
    const mask = imageFile('mask', ...sizeOf(bytesOf(inputs)));
    const data = fileBase64(mask);
    return [
      { ...(first ?? { label: '' }), mask: { type: 'base64', data, mediaType: 'image/png' } },
    ];
  },
  'visual-question-answering': ({ inputs }, { top_k: most }) =>
    top(
      seenIn(bytesOf(inputs.image)).map(({ label, score }) => ({ answer: label, score })),
      most,
    ),
  'document-question-answering': ({ inputs }) => [
    { answer: seenIn(bytesOf(inputs.image))[0]?.label ?? '', score: 0.6, start: 16, end: 16 },
  ],
  'tabular-classification': ({ inputs }) =>
    rowsOf(inputs.data).map((row) => (mean(row) > 5 ? 1 : 0)),
  'tabular-regression': ({ inputs }) => rowsOf(inputs.data).map(mean),
};

/** A model's answer to a task. @throws {InferwayError} `invalid_request` where the input cannot be answered. */
export function answerTask(request: HfTaskRequest): HfTaskOutput {
  const answer = ANSWERS[request.task] as (
    request: HfTaskRequest,
    parameters: Readonly<Record<string, unknown>>,
  ) => HfTaskOutput;
  return answer(request, request.parameters ?? {});
}

function labelsOf(parameters: Readonly<Record<string, unknown>>): readonly string[] {
  const { candidate_labels: labels } = parameters;
  if (Array.isArray(labels) && labels.length > 0) return labels.map(String);
  throw new InferwayError('invalid_request', {
    message: 'You must include at least one label in `candidate_labels`.',
    param: 'parameters.candidate_labels',
  });
}

function top<T>(list: readonly T[], most: unknown): readonly T[] {
  return typeof most === 'number' && most > 0 ? list.slice(0, most) : list;
}

function rowsOf(table: TableColumns): number[][] {
  const columns = Object.values(table);
  return (columns[0] ?? []).map((_, row) =>
    columns.map((column) => Number(column[row])).filter((value) => Number.isFinite(value)),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
