import {
  InferwayError,
  isJsonObject,
  type FileData,
  type JsonObject,
  type SpeechResult,
  type Usage,
} from '@inferway/core';
import { BytesBody } from '../body.js';
import { mediaOfUrl } from '../data-url.js';
import type { Decoded, DecodeSource } from '../format.js';
import { defined } from '../json-body.js';
import { asObject, asText } from '../lenient.js';
import { emptyResponse, successBody } from '../openai/failure.js';
import { readMediaUsage } from '../openai/media-usage.js';
import { askedMediaType, fileMediaType } from './audio-type.js';
import type { OpenAISpeechDialect } from './dialect.js';

type Source = DecodeSource<OpenAISpeechDialect>;

/** The file of a speech call to canonical result; or JSON with the audio in base64 or as a URL, as some servers answer. */
export function decodeResponse(body: unknown, from: Source): Decoded<'speech'> {
  if (body instanceof BytesBody) {
    const { data, mediaType } = body;
    if (data.length === 0) throw emptyResponse();
    const audio: FileData = {
      type: 'bytes',
      data,
      mediaType: fileMediaType(mediaType, data, from),
    };
    return withUsage({ audio }, undefined, from);
  }
  const answer = successBody(body, 'audio', from);
  const audio = audioOf(answer, from);
  if (audio === undefined) {
    throw new InferwayError('protocol', {
      message: 'The answer to a speech call is JSON without audio.',
    });
  }
  return withUsage(defined({ audio, model: asText(answer['model']) }), answer['usage'], from);
}

function audioOf(answer: JsonObject, from: Source): FileData | undefined {
  const { audio } = answer;
  const text =
    asText(audio) ??
    asText(asObject(audio)?.['url']) ??
    asText(asObject(audio)?.['data']) ??
    asText(answer['url']);
  if (text === undefined) return undefined;
  if (/^(?:data|https?):/iu.test(text)) return mediaOfUrl(text);
  return { type: 'base64', data: text, mediaType: askedMediaType(from) };
}

function withUsage(result: SpeechResult, raw: unknown, from: Source): Decoded<'speech'> {
  return defined({ result, usage: speechUsage(raw, from) });
}

/** What is known of a speech call's usage: tokens where they are told, and the characters that were to be spoken. */
export function speechUsage(raw: unknown, from: Source): Usage | undefined {
  const text = isJsonObject(from.request) ? asText(from.request['text']) : undefined;
  // Characters as Unicode counts them.
  return readMediaUsage(raw, text === undefined ? {} : { inputCharacters: [...text].length });
}
