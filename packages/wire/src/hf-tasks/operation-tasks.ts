import type {
  Operation,
  Passthrough,
  RequestOf,
  ResultOf,
  TranscribeResult,
  Warning,
} from '@inferway/core';
import { unsupported, warnForeignFields } from '../dropped.js';
import { defined } from '../json-body.js';
import { asCount, asString } from '../lenient.js';
import type { HfTask, HfTaskOutput, HfTaskRequest } from './tasks.js';

/** Operations of core that are tasks of the Hub too. */
export type TaskOperation = 'embed' | 'image' | 'speech' | 'transcribe' | 'complete';

type Parameters = Readonly<Record<string, unknown>>;
type Warn = (warning: Warning) => void;

/** One operation as a task, and back. What the task has no parameter for is told to `warn`. */
export interface OperationTask<K extends Operation> {
  task(request: RequestOf<K>): HfTask;
  toTask(request: RequestOf<K>, options: object | undefined, warn: Warn): HfTaskRequest;
  /** A task as the operation; parameters that it has no setting for are in the second place. */
  toRequest(request: HfTaskRequest): readonly [request: RequestOf<K>, others: Parameters];
  toResult(output: HfTaskOutput): ResultOf<K>;
  toOutput(result: ResultOf<K>): HfTaskOutput;
}

/** A setting by its name in core and on the Hub. */
type Names = readonly (readonly [setting: string, parameter: string])[];

const DIFFUSION: Names = [
  ['negativePrompt', 'negative_prompt'],
  ['steps', 'num_inference_steps'],
  ['guidance', 'guidance_scale'],
  ['seed', 'seed'],
];
const SPEAKING: Names = [
  ['voice', 'voice'],
  ['speed', 'speed'],
  ['language', 'language'],
];
const HEARING: Names = [
  ['language', 'language'],
  ['prompt', 'prompt'],
  ['temperature', 'temperature'],
];
const WRITING: Names = [
  ['maxOutputTokens', 'max_new_tokens'],
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['topK', 'top_k'],
  ['repetitionPenalty', 'repetition_penalty'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['seed', 'seed'],
  ['stop', 'stop'],
  ['echo', 'return_full_text'],
];
const EMBEDDING: Names = [['dimensions', 'dimensions']];

/** Every operation that is also a task. */
export const OPERATION_TASKS: { readonly [K in TaskOperation]: OperationTask<K> } = {
  embed: {
    task: () => 'feature-extraction',
    toTask: ({ input, ...rest }, options, warn) => {
      if (typeof input !== 'string' && !input.every((text) => typeof text === 'string')) {
        warn(unsupported('input', 'the task takes texts, not token ids'));
      }
      const inputs = typeof input === 'string' ? input : input.map(String);
      const { encoding, ...settings } = rest;
      if (encoding === 'base64') warn(unsupported('encoding', 'the task answers with numbers'));
      const parameters = parametersOf(settings, EMBEDDING, options, warn);
      return { task: 'feature-extraction', inputs, parameters };
    },
    toRequest: (request) => {
      const [settings, others] = settingsOf(request.parameters, EMBEDDING);
      return [{ input: request.inputs as string | readonly string[], ...settings }, others];
    },
    toResult: (output) => ({ embeddings: as<'feature-extraction'>(output).vectors }),
    toOutput: ({ embeddings }) => ({ vectors: embeddings as readonly (readonly number[])[] }),
  },
  image: {
    task: ({ images = [] }) => (images.length === 0 ? 'text-to-image' : 'image-to-image'),
    toTask: ({ prompt, images = [], size, delivery: _asGiven, ...rest }, options, warn) => {
      const [width, height] = size === undefined || size === 'auto' ? [] : size.split('x');
      const parameters = {
        ...(width === undefined ? {} : { width: Number(width), height: Number(height) }),
        ...parametersOf(rest, DIFFUSION, options, warn),
      };
      const [image, ...others] = images;
      if (others.length > 0) warn(unsupported('images', 'the task takes one image'));
      return image === undefined
        ? { task: 'text-to-image', inputs: prompt, parameters }
        : { task: 'image-to-image', inputs: image, parameters: { prompt, ...parameters } };
    },
    toRequest: ({ task, inputs, parameters = {} }) => {
      const [settings, { width, height, prompt, ...others }] = settingsOf(parameters, DIFFUSION);
      const [across, down] = [asCount(width), asCount(height)];
      const size = across === undefined || down === undefined ? undefined : sizeOf(across, down);
      const request =
        task === 'image-to-image'
          ? { prompt: asString(prompt) ?? '', images: [inputs] }
          : { prompt: inputs as string };
      return [defined({ ...request, ...settings, size }), others];
    },
    toResult: (output) => ({
      images: as<'text-to-image'>(output).map((image) => ({ image })),
    }),
    toOutput: ({ images }) => images.map(({ image }) => image),
  },
  speech: {
    task: () => 'text-to-speech',
    toTask: ({ text, delivery: _asGiven, ...rest }, options, warn) => ({
      task: 'text-to-speech',
      inputs: text,
      parameters: parametersOf(rest, SPEAKING, options, warn),
    }),
    toRequest: ({ inputs, parameters }) => {
      const [settings, others] = settingsOf(parameters, SPEAKING);
      return [{ text: inputs as string, ...settings }, others];
    },
    toResult: (output) => ({ audio: as<'text-to-speech'>(output) }),
    toOutput: ({ audio }) => audio,
  },
  transcribe: {
    task: () => 'automatic-speech-recognition',
    toTask: ({ audio, timestamps, ...rest }, options, warn) => ({
      task: 'automatic-speech-recognition',
      inputs: audio,
      parameters: {
        ...(timestamps === undefined
          ? {}
          : { return_timestamps: timestamps.includes('word') ? 'word' : true }),
        ...parametersOf(rest, HEARING, options, warn),
      },
    }),
    toRequest: ({ inputs, parameters }) => {
      const [settings, { return_timestamps: times, ...others }] = settingsOf(parameters, HEARING);
      const request = { audio: inputs as RequestOf<'transcribe'>['audio'], ...settings };
      if (times === undefined || times === false) return [request, others];
      return [{ ...request, timestamps: [times === 'word' ? 'word' : 'segment'] }, others];
    },
    toResult: heard,
    toOutput: ({ text, segments, words }) => {
      const chunks =
        words?.map(({ word, start, end }) => ({ text: word, start, end })) ??
        segments?.map(({ text: said, start, end }) => ({ text: said, start, end }));
      return defined({ text, chunks });
    },
  },
  complete: {
    task: () => 'text-generation',
    toTask: ({ prompt, ...rest }, options, warn) => ({
      task: 'text-generation',
      inputs: prompt,
      parameters: parametersOf(rest, WRITING, options, warn),
    }),
    toRequest: ({ inputs, parameters }) => {
      const [settings, others] = settingsOf(parameters, WRITING);
      return [{ prompt: inputs as string, ...settings }, others];
    },
    toResult: (output) => {
      const { text, finishReason } = as<'text-generation'>(output);
      const unified = finishReason === 'length' ? 'length' : 'stop';
      return { text, finishReason: defined({ unified, raw: finishReason } as const) };
    },
    toOutput: ({ text, finishReason }) => ({
      text,
      finishReason: finishReason.raw ?? finishReason.unified,
    }),
  },
};

/** The operation that a task is too. */
export function operationOf(task: HfTask): TaskOperation | undefined {
  switch (task) {
    case 'feature-extraction':
      return 'embed';
    case 'text-to-image':
    case 'image-to-image':
      return 'image';
    case 'text-to-speech':
      return 'speech';
    case 'automatic-speech-recognition':
      return 'transcribe';
    case 'text-generation':
      return 'complete';
    default:
      return undefined;
  }
}

function heard(output: HfTaskOutput): TranscribeResult {
  const { text, chunks } = as<'automatic-speech-recognition'>(output);
  if (chunks === undefined) return { text };
  const segments = chunks.map(({ start, end = start, text: said }) => ({ start, end, text: said }));
  // Chunks without a space within are words.
  return chunks.every((chunk) => !/\S\s\S/u.test(chunk.text))
    ? { text, words: segments.map(({ text: word, ...times }) => ({ word: word.trim(), ...times })) }
    : { text, segments };
}

function parametersOf(
  settings: object,
  names: Names,
  options: object | undefined,
  warn: Warn,
): Record<string, never> {
  const parameters: Record<string, unknown> = {};
  for (const [setting, value] of Object.entries(settings)) {
    if (value === undefined || setting === 'providerOptions') continue;
    if (setting === 'passthrough') {
      warnForeignFields(value as Passthrough, { warn });
      continue;
    }
    const name = names.find(([known]) => known === setting)?.[1];
    if (name === undefined) warn(unsupported(setting, 'the task has no parameter for it'));
    else parameters[name] = value;
  }
  // Parameters are open: what of them the compiler knows was checked where they were written.
  return { ...parameters, ...options } as Record<string, never>;
}

function settingsOf(
  parameters: object | undefined,
  names: Names,
): [settings: Record<string, never>, others: Record<string, unknown>] {
  const settings: Record<string, unknown> = {};
  const others: Record<string, unknown> = {};
  for (const [parameter, value] of Object.entries(parameters ?? {})) {
    const setting = names.find(([, known]) => known === parameter)?.[0];
    if (setting === undefined) others[parameter] = value;
    else settings[setting] = value;
  }
  return [settings as Record<string, never>, others];
}

function sizeOf(width: number, height: number): `${number}x${number}` {
  return `${width}x${height}`;
}

function as<T extends HfTask>(output: HfTaskOutput): HfTaskOutput<T> {
  return output as HfTaskOutput<T>;
}
