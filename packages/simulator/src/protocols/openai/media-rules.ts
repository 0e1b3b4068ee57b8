import { isJsonObject, type JsonObject } from '@inferway/core';
import { MultipartBody } from '@inferway/wire';
import type { Problem } from '../voice.js';

type Body = JsonObject | MultipartBody;

/** What models of OpenAI's names refuse; models of other names take everything. */
export function imageRule(body: unknown): Problem | undefined {
  if (!isBody(body)) return undefined;
  const model = text(body, 'model') ?? '';
  const unknown = model.startsWith('dall-e-')
    ? ['output_format', 'output_compression', 'background', 'partial_images', 'moderation']
    : /^(?:chat)?gpt-image-/u.test(model)
      ? ['response_format', 'style']
      : [];
  return refuseUnknown(body, [...unknown, ...FOREIGN]);
}

/** Fields of other providers' image APIs. */
const FOREIGN = ['steps', 'negative_prompt', 'guidance_scale', 'seed', 'width', 'aspect_ratio'];
const LONGEST_SPEECH = 4096;

export function speechRule(body: unknown): Problem | undefined {
  if (!isJsonObject(body)) return undefined;
  if (text(body, 'voice') === undefined && !isJsonObject(body['voice'])) {
    return refused("Missing required parameter: 'voice'.", 'voice', 'missing_required_parameter');
  }
  if ((text(body, 'input') ?? '').length > LONGEST_SPEECH) {
    return refused(
      `Invalid 'input': string too long. Expected a string with maximum length ${LONGEST_SPEECH}.`,
      'input',
      'string_above_max_length',
    );
  }
  if (text(body, 'model')?.startsWith('tts-1') === true && body['stream_format'] === 'sse') {
    return refused(
      "Unsupported value: 'stream_format' does not support 'sse' with this model.",
      'stream_format',
      'unsupported_value',
    );
  }
  return refuseUnknown(body, ['language', 'sample_rate', 'stream']);
}

const FORMS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^gpt-4o-transcribe-diarize/u, ['json', 'text', 'diarized_json']],
  [/^gpt-(?:4o-(?:mini-)?)?transcribe/u, ['json']],
  [/^whisper-1$/u, ['json', 'text', 'srt', 'verbose_json', 'vtt']],
];

export function transcriptionRule(body: unknown): Problem | undefined {
  if (!isBody(body)) return undefined;
  const model = text(body, 'model') ?? '';
  const form = text(body, 'response_format') ?? 'json';
  const known = FORMS.find(([name]) => name.test(model))?.[1];
  if (known !== undefined && !known.includes(form)) {
    return refused(
      `response_format '${form}' is not compatible with model '${model}'. Use a compatible format.`,
      'response_format',
      'unsupported_value',
    );
  }
  const logprobs = text(body, 'include[]') ?? text(body, 'include');
  if (logprobs !== undefined && known?.includes('text') === true) {
    return refused(
      `The model '${model}' does not support logprobs.`,
      'include',
      'unsupported_value',
    );
  }
  return undefined;
}

function isBody(body: unknown): body is Body {
  return isJsonObject(body) || body instanceof MultipartBody;
}

function text(body: Body, name: string): string | undefined {
  if (!(body instanceof MultipartBody)) {
    const value = body[name];
    return typeof value === 'string' ? value : undefined;
  }
  const part = body.parts.find((one) => one.name === name);
  return part !== undefined && 'value' in part ? part.value : undefined;
}

function refuseUnknown(body: Body, names: readonly string[]): Problem | undefined {
  const has = (name: string): boolean =>
    body instanceof MultipartBody
      ? body.parts.some((part) => part.name === name)
      : (body[name] ?? undefined) !== undefined;
  const found = names.find(has);
  return found === undefined
    ? undefined
    : refused(`Unknown parameter: '${found}'.`, found, 'unknown_parameter');
}

function refused(message: string, param: string, code: string): Problem {
  const error = { message, type: 'invalid_request_error', param, code };
  return { kind: 'refused', answer: { status: 400, body: { error } } };
}
