import {
  InferwayError,
  type ChatRequest,
  type CompleteRequest,
  type EmbedRequest,
  type FileData,
  type GenerationSettings,
  type ImageRequest,
  type JsonObject,
  type JsonValue,
  type Message,
  type SpeechRequest,
  type TranscribeRequest,
} from '@inferway/core';
import type { Session } from '@inferway/provider-kit';
import { isFile } from './model-output.js';

/** Where a model's input goes: who takes its files and its warnings. */
export interface InputTarget {
  readonly session: Session;
  /** The URL under which Replicate can read a file. */
  urlOf(file: FileData): Promise<string>;
}

type Setting = Exclude<
  keyof GenerationSettings,
  'maxOutputTokens' | 'providerOptions' | 'passthrough'
>;

/** How a family of language models names its inputs. What has no name is not taken. */
interface LanguageNames {
  readonly system?: string;
  /** An input for whole conversations. */
  readonly messages?: string;
  readonly maxTokens: string;
  readonly settings: Readonly<Partial<Record<Setting, string>>>;
  readonly image?: { readonly name: string; readonly list: boolean };
  readonly effort?: string;
}

const SAMPLING = { temperature: 'temperature', topP: 'top_p' };
const PENALTIES = { presencePenalty: 'presence_penalty', frequencyPenalty: 'frequency_penalty' };

/** Input names by the beginning of the model's id, from the models' own schemas (replicate.com/<owner>/<name>/api). */
const LANGUAGE_NAMES: readonly (readonly [string, LanguageNames])[] = [
  [
    'openai/',
    {
      system: 'system_prompt',
      messages: 'messages',
      maxTokens: 'max_completion_tokens',
      settings: { ...SAMPLING, ...PENALTIES },
      image: { name: 'image_input', list: true },
      effort: 'reasoning_effort',
    },
  ],
  [
    'anthropic/',
    {
      system: 'system_prompt',
      maxTokens: 'max_tokens',
      settings: {},
      image: { name: 'image', list: false },
    },
  ],
  [
    'google/gemini',
    {
      system: 'system_instruction',
      maxTokens: 'max_output_tokens',
      settings: SAMPLING,
      image: { name: 'images', list: true },
    },
  ],
  [
    '',
    {
      system: 'system_prompt',
      maxTokens: 'max_tokens',
      settings: { ...SAMPLING, ...PENALTIES, topK: 'top_k', seed: 'seed', stop: 'stop_sequences' },
      image: { name: 'image', list: false },
    },
  ],
];

const SETTINGS: readonly Setting[] = [
  'temperature',
  'topP',
  'topK',
  'minP',
  'frequencyPenalty',
  'presencePenalty',
  'repetitionPenalty',
  'seed',
  'stop',
  'logprobs',
  'choices',
  'user',
];

/** A conversation as the input of a language model: its last turn as the prompt, or all of it as a transcript. */
export async function chatInput(request: ChatRequest, to: InputTarget): Promise<JsonObject> {
  const names = namesOf(LANGUAGE_NAMES, to);
  const { messages, maxOutputTokens, reasoning } = request;
  const system = messages.filter(isSystem).map(textOf).join('\n\n');
  const turns = messages.filter((message) => !isSystem(message));
  const [only] = turns;
  const single = turns.length === 1 && only?.role === 'user';
  const input: Record<string, JsonValue> = {};
  if (!single && names.messages !== undefined) {
    input[names.messages] = messages.map((message) => ({
      role: message.role === 'tool' ? 'user' : message.role,
      content: textOf(message),
    }));
  } else {
    input['prompt'] = single ? textOf(only) : transcript(turns);
    if (!single) {
      to.session.warn({
        type: 'changed',
        setting: 'messages',
        message:
          'The conversation was written into one prompt: this model takes no list of messages.',
      });
    }
    if (system !== '' && names.system !== undefined) input[names.system] = system;
  }
  if (maxOutputTokens !== undefined) input[names.maxTokens] = maxOutputTokens;
  if (reasoning?.effort !== undefined && names.effort !== undefined) {
    input[names.effort] = reasoning.effort;
  } else if (reasoning !== undefined) drop(to, 'reasoning');
  settingsInput(request, names, input, to);
  const { tools, toolChoice, parallelToolCalls, output, metadata, serviceTier, promptCacheKey } =
    request;
  dropSet(to, {
    tools,
    toolChoice,
    parallelToolCalls,
    metadata,
    serviceTier,
    promptCacheKey,
  });
  if (output !== undefined && output.type !== 'text') throw cannot('output', to);
  await imagesInput(messages, names, input, to);
  return input;
}

/** A text to go on with. */
export function completeInput(request: CompleteRequest, to: InputTarget): JsonObject {
  const names = namesOf(LANGUAGE_NAMES, to);
  const input: Record<string, JsonValue> = { prompt: request.prompt };
  if (request.maxOutputTokens !== undefined) input[names.maxTokens] = request.maxOutputTokens;
  settingsInput(request, names, input, to);
  dropSet(to, { suffix: request.suffix, echo: request.echo === true ? true : undefined });
  return input;
}

/** One text as `text`, several as a JSON list in `texts`, as the embedding models of Replicate's collection take them. */
export function embedInput(request: EmbedRequest, to: InputTarget): JsonObject {
  const { input, dimensions, encoding, user } = request;
  dropSet(to, { dimensions, encoding: encoding === 'float' ? undefined : encoding, user });
  if (typeof input === 'string') return { text: input };
  if (input.every((one) => typeof one === 'string')) return { texts: JSON.stringify(input) };
  throw new InferwayError('invalid_request', {
    message: 'Models on Replicate embed texts, not lists of tokens. Give the texts.',
    param: 'input',
    sent: 'no',
  });
}

/** How families of image models name their inputs. */
type ImageNames = Readonly<Partial<Record<keyof ImageRequest, string>>> & {
  /** Several images go into a list. */
  readonly list?: boolean;
};

const DIFFUSION: ImageNames = {
  count: 'num_outputs',
  aspectRatio: 'aspect_ratio',
  size: 'width',
  format: 'output_format',
  compression: 'output_quality',
  steps: 'num_inference_steps',
  guidance: 'guidance_scale',
  seed: 'seed',
  images: 'image',
  mask: 'mask',
};

const IMAGE_NAMES: readonly (readonly [string, ImageNames])[] = [
  [
    'openai/',
    {
      count: 'number_of_images',
      aspectRatio: 'aspect_ratio',
      quality: 'quality',
      format: 'output_format',
      compression: 'output_compression',
      background: 'background',
      images: 'input_images',
      list: true,
    },
  ],
  ['black-forest-labs/', { ...DIFFUSION, guidance: 'guidance' }],
  ['', { ...DIFFUSION, negativePrompt: 'negative_prompt' }],
];

export async function imageInput(request: ImageRequest, to: InputTarget): Promise<JsonObject> {
  const names = namesOf(IMAGE_NAMES, to);
  const {
    prompt,
    images,
    mask,
    size,
    format,
    delivery: _own,
    providerOptions: _options,
    passthrough: _rest,
    ...settings
  } = request;
  const input: Record<string, JsonValue> = { prompt };
  for (const [setting, value] of Object.entries(settings)) {
    const name = names[setting as keyof typeof settings];
    if (value === undefined) continue;
    if (name === undefined) drop(to, setting);
    else input[name] = value;
  }
  if (format !== undefined && names.format !== undefined) {
    input[names.format] = format === 'jpeg' ? 'jpg' : format;
  }
  if (size !== undefined && size !== 'auto') {
    const [width, height] = size.split('x').map(Number);
    if (names.size === undefined) drop(to, 'size');
    else Object.assign(input, { width, height });
  }
  if (images !== undefined && images.length > 0) {
    const urls = await Promise.all(images.map((image) => to.urlOf(image)));
    if (names.list !== true && urls.length > 1) drop(to, 'images[1]');
    input[names.images ?? 'image'] = names.list === true ? urls : (urls[0] ?? '');
  }
  if (mask !== undefined) {
    if (names.mask === undefined) drop(to, 'mask');
    else input[names.mask] = await to.urlOf(mask);
  }
  return input;
}

export function speechInput(request: SpeechRequest, to: InputTarget): JsonObject {
  const { text, voice, speed, language, format, instructions, sampleRate, user } = request;
  dropSet(to, { format, instructions, sampleRate, user });
  const voiceName = to.session.model.startsWith('minimax/') ? 'voice_id' : 'voice';
  return {
    text,
    ...(voice === undefined ? {} : { [voiceName]: voice }),
    ...(speed === undefined ? {} : { speed }),
    ...(language === undefined ? {} : { language }),
  };
}

export async function transcribeInput(
  request: TranscribeRequest,
  to: InputTarget,
): Promise<JsonObject> {
  const {
    audio,
    language,
    prompt,
    temperature,
    translate,
    timestamps,
    diarize,
    logprobs,
    subtitles,
  } = request;
  dropSet(to, { timestamps, diarize, logprobs, subtitles });
  const hosted = to.session.model.startsWith('openai/gpt-');
  return {
    [hosted ? 'audio_file' : 'audio']: await to.urlOf(audio),
    ...(language === undefined ? {} : { language }),
    ...(prompt === undefined ? {} : { [hosted ? 'prompt' : 'initial_prompt']: prompt }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(translate === true ? { translate } : {}),
  };
}

function namesOf<T>(table: readonly (readonly [string, T])[], { session }: InputTarget): T {
  const found = table.find(([start]) => session.model.startsWith(start));
  // The last line of a table is for all models.
  return (found as readonly [string, T])[1];
}

function settingsInput(
  request: GenerationSettings,
  names: LanguageNames,
  input: Record<string, JsonValue>,
  to: InputTarget,
): void {
  for (const setting of SETTINGS) {
    const value = request[setting];
    if (value === undefined || (setting === 'choices' && value === 1)) continue;
    const name = names.settings[setting];
    if (name === undefined) drop(to, setting);
    else input[name] = Array.isArray(value) ? value.join(',') : (value as JsonValue);
  }
}

async function imagesInput(
  messages: readonly Message[],
  { image }: LanguageNames,
  input: Record<string, JsonValue>,
  to: InputTarget,
): Promise<void> {
  const parts = messages.flatMap((message) =>
    typeof message.content === 'string' || message.role === 'tool' ? [] : message.content,
  );
  const images = parts.flatMap((part) => (part.type === 'image' ? [part.image] : []));
  for (const type of new Set(parts.map((part) => part.type))) {
    if (type === 'audio' || type === 'file' || type === 'provider')
      drop(to, `messages: ${type} parts`);
  }
  if (images.length === 0) return;
  if (image === undefined) return drop(to, 'messages: image parts');
  if (!image.list && images.length > 1) drop(to, 'messages: all images but the last');
  const kept = image.list ? images : images.slice(-1);
  const urls = await Promise.all(kept.map((one) => to.urlOf(one)));
  input[image.name] = image.list ? urls : (urls[0] ?? '');
}

/** Several turns as one text, in the form that models without a template of their own understand best. */
function transcript(turns: readonly Message[]): string {
  const names: Readonly<Record<string, string>> = { assistant: 'Assistant', tool: 'Tool' };
  const lines = turns.map((message) => `${names[message.role] ?? 'User'}: ${textOf(message)}`);
  return [...lines, 'Assistant:'].join('\n\n');
}

function textOf(message: Message): string {
  if (typeof message.content === 'string') return message.content;
  return message.content.flatMap((part) => textOfPart(part)).join('\n');
}

// What was called and answered stays readable where there are no tools.
function textOfPart(part: Exclude<Message['content'], string>[number]): readonly string[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return [part.text];
    case 'tool-call':
      return [`(Called ${part.name} with ${part.arguments})`];
    case 'tool-result':
      return typeof part.content === 'string'
        ? [part.content]
        : part.content.flatMap((inner) => textOfPart(inner));
    default:
      return [];
  }
}

const isSystem = ({ role }: Message): boolean => role === 'system' || role === 'developer';

export function dropSet(to: InputTarget, settings: Readonly<Record<string, unknown>>): void {
  for (const [setting, value] of Object.entries(settings))
    if (value !== undefined) drop(to, setting);
}

/** What an answer without it would be no answer to. */
function cannot(setting: string, { session }: InputTarget): InferwayError {
  return new InferwayError('unsupported', {
    message: `"${setting}" cannot be asked of models on ${session.provider}. Ask for it in the prompt, or call another provider.`,
    param: setting,
    sent: 'no',
  });
}

// Replicate ignores inputs that a model does not know, and nobody would learn of it.
function drop({ session }: InputTarget, setting: string): void {
  session.warn({
    type: 'unsupported',
    setting,
    message: `"${setting}" was not sent: this model has no input for it that we know. Give it in providerOptions.${session.provider}.input if it has.`,
  });
}

/** A model's own input, with files at the top or in lists: each becomes a URL that Replicate can read. */
export async function plainInput(
  input: Readonly<Record<string, unknown>>,
  to: InputTarget,
): Promise<JsonObject> {
  const one = async (value: unknown): Promise<JsonValue> =>
    isFile(value) ? to.urlOf(value) : (value as JsonValue);
  const members = Object.entries(input).map(async ([name, value]): Promise<[string, JsonValue]> => [
    name,
    Array.isArray(value) ? await Promise.all(value.map(one)) : await one(value),
  ]);
  return Object.fromEntries(await Promise.all(members));
}
