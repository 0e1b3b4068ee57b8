import {
  fileBytes,
  InferwayError,
  isJsonObject,
  readFile,
  sniffMediaType,
  UNKNOWN_MEDIA_TYPE,
  type ChatResult,
  type CompleteResult,
  type EmbedResult,
  type FileBytes,
  type FileData,
  type FileInput,
  type FinishReason,
  type GeneratedImage,
  type ImageRequest,
  type ImageResult,
  type JsonObject,
  type JsonValue,
  type OperationTraits,
  type ProviderOptions,
  type SpeechRequest,
  type SpeechResult,
  type TranscribedSegment,
  type TranscribeResult,
  type Usage,
} from '@inferway/core';
import type { Connection, Session } from '@inferway/provider-kit';
import type { Prediction, PredictionStatus, WebhookEvent } from './prediction.js';

const HOUR_MS = 3_600_000;

/** Where an output comes from: the session that fetches its files. */
export interface OutputSource {
  readonly connection: Connection;
  readonly session: Session;
}

/** Models write text whole, in pieces, or as a member. */
export function outputText(output: JsonValue): string {
  if (typeof output === 'string') return output;
  if (Array.isArray(output)) return output.map((piece) => outputText(piece as JsonValue)).join('');
  if (!isJsonObject(output)) return output === null ? '' : String(output);
  for (const name of ['text', 'output', 'transcription', 'content']) {
    const { [name]: value } = output;
    if (value !== undefined && value !== null) return outputText(value);
  }
  return '';
}

/** Nobody says why a model stopped; only its count of tokens can tell that it was the limit. */
export function finishOf({ metrics }: Prediction, limit: number | undefined): FinishReason {
  const { output_token_count: count } = metrics;
  const full = typeof count === 'number' && limit !== undefined && count >= limit;
  return { unified: full ? 'length' : 'stop' };
}

export function headOf({
  id,
  model,
  createdAt,
}: Prediction): Pick<ChatResult, 'id' | 'model' | 'created'> {
  const created = createdAt === undefined ? undefined : Math.floor(createdAt / 1000);
  return {
    id,
    ...(model === undefined ? {} : { model }),
    ...(created === undefined ? {} : { created }),
  };
}

export function chatResult(prediction: Prediction, limit: number | undefined): ChatResult {
  const text = outputText(prediction.output);
  return {
    ...headOf(prediction),
    message: { role: 'assistant', content: text === '' ? [] : [{ type: 'text', text }] },
    finishReason: finishOf(prediction, limit),
  };
}

export function completeResult(prediction: Prediction, limit: number | undefined): CompleteResult {
  return {
    ...headOf(prediction),
    text: outputText(prediction.output),
    finishReason: finishOf(prediction, limit),
  };
}

export function embedResult(prediction: Prediction): EmbedResult {
  const embeddings = vectorsOf(prediction.output);
  if (embeddings.length === 0) throw nothing('vectors', prediction);
  return { embeddings, ...(prediction.model === undefined ? {} : { model: prediction.model }) };
}

export async function imageResult(
  prediction: Prediction,
  from: OutputSource,
  delivery: ImageRequest['delivery'],
): Promise<ImageResult> {
  const images = filesIn(prediction.output, from).map(async (file): Promise<GeneratedImage> => ({
    image: await delivered(file, delivery, from),
  }));
  if (images.length === 0) throw nothing('image', prediction);
  const { id: _id, ...head } = headOf(prediction);
  return { images: await Promise.all(images), ...head };
}

export async function speechResult(
  prediction: Prediction,
  from: OutputSource,
  delivery: SpeechRequest['delivery'],
): Promise<SpeechResult> {
  const [file] = filesIn(prediction.output, from);
  if (file === undefined) throw nothing('sound', prediction);
  return {
    audio: await delivered(file, delivery, from),
    ...(prediction.model === undefined ? {} : { model: prediction.model }),
  };
}

export function transcribeResult(prediction: Prediction): TranscribeResult {
  const { output, model } = prediction;
  const fields = isJsonObject(output) ? output : {};
  const language = fields['language'] ?? fields['detected_language'];
  const list = [fields['segments'], fields['chunks']].find((value) => Array.isArray(value)) ?? [];
  const segments = (list as readonly JsonValue[]).flatMap((one) => segmentOf(one) ?? []);
  return {
    text: outputText(output).trim(),
    ...(typeof language === 'string' ? { language } : {}),
    ...(segments.length === 0 ? {} : { segments }),
    ...(model === undefined ? {} : { model }),
  };
}

/** An output with files in the place of their URLs, fetched where that was asked for. */
async function plainOutput(
  output: JsonValue,
  from: OutputSource,
  delivery: 'bytes' | 'url' | undefined,
): Promise<PredictionOutput> {
  if (typeof output === 'string') {
    const file = fileOf(output, from);
    return file === undefined ? output : delivered(file, delivery, from);
  }
  if (Array.isArray(output)) {
    return Promise.all(output.map((one) => plainOutput(one as JsonValue, from, delivery)));
  }
  if (!isJsonObject(output)) return output;
  const members = Object.entries(output).map(
    async ([name, value]): Promise<[string, PredictionOutput]> => [
      name,
      await plainOutput(value ?? null, from, delivery),
    ],
  );
  return Object.fromEntries(await Promise.all(members));
}

/** All files of an output, in order. */
function filesIn(output: JsonValue, from: OutputSource): readonly FileData[] {
  if (typeof output === 'string') {
    const file = fileOf(output, from);
    return file === undefined ? [] : [file];
  }
  if (Array.isArray(output)) return output.flatMap((one) => filesIn(one as JsonValue, from));
  return isJsonObject(output)
    ? Object.values(output).flatMap((value) => filesIn(value ?? null, from))
    : [];
}

/** Replicate gives files as URLs and says nowhere which texts are such: a whole text that is an address is one, as in its own client. */
export function fileOf(text: string, { connection }: OutputSource): FileData | undefined {
  const [head, mediaType = ''] = /^data:([^;,]+)(?:;[^;,]+)*;base64,/iu.exec(text) ?? [];
  if (head !== undefined) return { type: 'base64', data: text.slice(head.length), mediaType };
  if (/\s/u.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, origin } = new URL(text);
  return protocol === 'https:' || origin === connection.base.origin
    ? { type: 'url', url: text }
    : undefined;
}

async function delivered(
  file: FileData,
  delivery: 'bytes' | 'url' | undefined,
  { session }: OutputSource,
): Promise<FileData> {
  if (delivery === 'url' && file.type !== 'url') {
    session.warn({
      type: 'changed',
      setting: 'delivery',
      message: 'The model gave the file itself, not a URL.',
    });
  }
  if (delivery !== 'bytes') return file;
  if (file.type === 'base64') {
    return { type: 'bytes', data: fileBytes(file), mediaType: file.mediaType };
  }
  if (file.type !== 'url') return file;
  try {
    const { data, mediaType } = await session.bytes({ url: file.url });
    const told = mediaType === UNKNOWN_MEDIA_TYPE ? sniffMediaType(data) : undefined;
    const name = new URL(file.url).pathname.split('/').at(-1);
    return { type: 'bytes', data, mediaType: told ?? mediaType, name } satisfies FileBytes;
  } catch (reason) {
    const error = InferwayError.from(reason);
    if (error.status !== 404 && error.status !== 403) throw error;
    throw new InferwayError('not_found', {
      message: `A file of the output is not there any more (${error.status}). Replicate deletes files an hour after the prediction: fetch them before, with delivery: "bytes".`,
      status: error.status,
      provider: session.provider,
      model: session.model,
      sent: 'maybe',
      cause: error,
    });
  }
}

function vectorsOf(output: JsonValue): readonly (readonly number[])[] {
  if (Array.isArray(output)) {
    const list = output as readonly JsonValue[];
    return list.length > 0 && list.every((one) => typeof one === 'number')
      ? [list as readonly number[]]
      : list.flatMap((one) => vectorsOf(one));
  }
  if (!isJsonObject(output)) return [];
  const found = output['embedding'] ?? output['embeddings'] ?? output['vectors'];
  return found === undefined ? [] : vectorsOf(found);
}

function segmentOf(value: JsonValue): TranscribedSegment | undefined {
  if (!isJsonObject(value)) return undefined;
  const { text, speaker, timestamp } = value;
  const [from, to] = Array.isArray(timestamp) ? (timestamp as readonly JsonValue[]) : [];
  const start = value['start'] ?? from;
  const end = value['end'] ?? to;
  if (typeof text !== 'string' || typeof start !== 'number' || typeof end !== 'number') {
    return undefined;
  }
  return { start, end, text, ...(typeof speaker === 'string' ? { speaker } : {}) };
}

function nothing(what: string, { id }: Prediction): InferwayError {
  return new InferwayError('empty_response', {
    message: `The prediction succeeded and gave no ${what}. See what the model gives with the operation "prediction".`,
    retryable: false,
    requestId: id,
  });
}

/** What a model gave: JSON, with files in the place of their URLs. */
export type PredictionOutput =
  | JsonValue
  | FileData
  | readonly PredictionOutput[]
  | { readonly [name: string]: PredictionOutput };

interface PredictionSettings {
  /** Files of the output as they are to arrive. Default: their URLs, which are good for an hour. */
  readonly delivery?: 'bytes' | 'url' | undefined;
  /** False: answer as soon as the prediction is made, for those who have its end told to a webhook. */
  readonly wait?: boolean | undefined;
  readonly webhook?: string | undefined;
  readonly webhookEvents?: readonly WebhookEvent[] | undefined;
  readonly providerOptions?: ProviderOptions | undefined;
}

/** Any model, by its own input. Files may stand in place of a value, and in lists. */
export interface PredictionRequest extends PredictionSettings {
  readonly input: Readonly<Record<string, JsonValue | FileData | readonly FileData[] | undefined>>;
}

/** What an application writes for a prediction; a text is a text, a URL as `URL` or text. */
export interface PredictionInput extends PredictionSettings {
  readonly input: Readonly<
    Record<string, JsonValue | FileInput | readonly FileInput[] | undefined>
  >;
}

export interface PredictionResult {
  readonly id: string;
  readonly status: PredictionStatus;
  readonly output: PredictionOutput;
  readonly logs: string;
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  /** Seconds and counts, by Replicate's names. */
  readonly metrics?: JsonObject | undefined;
  /** When the URLs of the output end, epoch milliseconds. */
  readonly filesExpireAt?: number | undefined;
}

export type PredictionEvent =
  | { readonly type: 'start'; readonly id: string; readonly model?: string | undefined }
  /** The next output: a piece of text, or a file. */
  | { readonly type: 'output'; readonly output: PredictionOutput }
  | { readonly type: 'logs'; readonly text: string }
  | { readonly type: 'finish'; readonly result: PredictionResult }
  | { readonly type: 'end'; readonly usage?: Usage | undefined };

declare module '@inferway/core' {
  interface Operations {
    prediction: {
      request: PredictionRequest;
      input: PredictionInput;
      result: PredictionResult;
      event: PredictionEvent;
    };
  }
}

/** How predictions' events, results and inputs turn into each other. */
export const predictionTraits: OperationTraits<'prediction'> = {
  isContent: ({ type }) => type === 'output' || type === 'finish',
  // One that goes on, or files that are gone within the hour: not to be answered from a store.
  ending: () => 'passing',
  fold() {
    let result: PredictionResult = { id: '', status: 'processing', output: null, logs: '' };
    const outputs: PredictionOutput[] = [];
    return {
      add(event) {
        if (event.type === 'start') result = { ...result, id: event.id, model: event.model };
        else if (event.type === 'output') outputs.push(event.output);
        else if (event.type === 'logs') result = { ...result, logs: result.logs + event.text };
        else if (event.type === 'finish') ({ result } = event);
      },
      result: () => (result.status === 'processing' ? { ...result, output: outputs } : result),
    };
  },
  unfold: (result, usage) => [
    { type: 'start', id: result.id, model: result.model },
    ...outputsOf(result).map((output): PredictionEvent => ({ type: 'output', output })),
    { type: 'finish', result },
    { type: 'end', usage },
  ],
  text: (event) =>
    event.type === 'output' && typeof event.output === 'string' ? event.output : undefined,
  async prepare({ input, ...rest }, signal) {
    const members = Object.entries(input).map(
      async ([name, value]): Promise<[string, JsonValue | FileData | readonly FileData[]]> => [
        name,
        Array.isArray(value)
          ? ((await Promise.all(
              value.map((one, index) => readValue(one, `input.${name}[${index}]`, signal)),
            )) as readonly FileData[])
          : await readValue(value, `input.${name}`, signal),
      ],
    );
    return { request: { ...rest, input: Object.fromEntries(await Promise.all(members)) } };
  },
};

function outputsOf({ output }: PredictionResult): readonly PredictionOutput[] {
  if (output === null) return [];
  return Array.isArray(output) ? (output as readonly PredictionOutput[]) : [output];
}

function readValue(
  value: unknown,
  param: string,
  signal: AbortSignal | undefined,
): Promise<FileData> | JsonValue {
  const file =
    typeof value === 'object' &&
    value !== null &&
    (isFile(value) ||
      value instanceof Uint8Array ||
      value instanceof ArrayBuffer ||
      value instanceof Blob ||
      value instanceof URL ||
      Symbol.asyncIterator in value);
  return file ? readFile(value as FileInput, param, signal) : (value as JsonValue);
}

export async function predictionResult(
  prediction: Prediction,
  from: OutputSource,
  delivery: 'bytes' | 'url' | undefined,
): Promise<PredictionResult> {
  const { id, status, logs, model, version, metrics, completedAt } = prediction;
  return {
    id,
    status,
    output: await plainOutput(prediction.output, from, delivery),
    logs,
    ...(model === undefined ? {} : { model }),
    ...(version === undefined ? {} : { version }),
    ...(Object.keys(metrics).length === 0 ? {} : { metrics }),
    ...(completedAt === undefined ? {} : { filesExpireAt: completedAt + HOUR_MS }),
  };
}

/** True for `FileData`, which no plain JSON input looks like. */
export function isFile(value: unknown): value is FileData {
  if (typeof value !== 'object' || value === null) return false;
  const { type, data, mediaType, url, id } = value as Record<string, unknown>;
  return (
    (type === 'bytes' && data instanceof Uint8Array) ||
    (type === 'base64' && typeof data === 'string' && typeof mediaType === 'string') ||
    (type === 'url' && typeof url === 'string') ||
    (type === 'file-id' && typeof id === 'string')
  );
}
