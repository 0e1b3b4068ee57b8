import { isJsonObject, type TranscribeRequest, type TranscribeResult } from '@inferway/core';
import { BytesBody } from '../body.js';
import type { Decoded, DecodeSource } from '../format.js';
import { defined } from '../json-body.js';
import { asString, asText } from '../lenient.js';
import { emptyResponse, successBody } from '../openai/failure.js';
import { readMediaUsage } from '../openai/media-usage.js';
import type { OpenAITranscriptionsDialect } from './dialect.js';
import {
  asSeconds,
  readLanguage,
  readSegments,
  readTranscriptLogprobs,
  readWords,
} from './read-parts.js';
import { readSubtitles, textOfSegments, writeSubtitles } from './subtitles.js';

type Source = DecodeSource<OpenAITranscriptionsDialect>;

/** Any of the forms of an answer to canonical result: JSON, plain text, or subtitles, which are read into segments too. */
export function decodeResponse(body: unknown, from: Source): Decoded<'transcribe'> {
  if (!(body instanceof BytesBody)) return decodeJson(body, from);
  const text = new TextDecoder().decode(body.data);
  const json = jsonIn(text);
  return json === undefined ? { result: decodeText(text) } : decodeJson(json, from);
}

function decodeJson(body: unknown, from: Source): Decoded<'transcribe'> {
  const answer = successBody(body, 'text', from);
  const text = asString(answer['text']);
  const segments = readSegments(answer);
  if (text === undefined && segments === undefined) throw emptyResponse();
  const durationSeconds = asSeconds(answer['duration']);
  const wanted = (from.request as Partial<TranscribeRequest> | undefined)?.subtitles;
  const result: TranscribeResult = defined({
    text: text ?? textOfSegments(segments ?? []),
    language: readLanguage(answer),
    durationSeconds,
    segments,
    words: readWords(answer['words']),
    logprobs: readTranscriptLogprobs(answer['logprobs']),
    subtitles:
      wanted === undefined || segments === undefined ? undefined : writeSubtitles(segments, wanted),
    model: asText(answer['model']),
  });
  const usage = readMediaUsage(answer['usage'], { inputAudioSeconds: durationSeconds });
  return defined({ result, usage });
}

function decodeText(text: string): TranscribeResult {
  const segments = text.includes('-->') ? readSubtitles(text) : [];
  if (segments.length > 0) return { text: textOfSegments(segments), segments, subtitles: text };
  // Silence is an answer too, but subtitles without a cue have no text.
  if (/^\uFEFF?WEBVTT\s*$/u.test(text)) return { text: '', subtitles: text };
  return { text: text.replace(/\n$/u, '') };
}

/** Servers that forget to say that their answer is JSON. */
function jsonIn(text: string): unknown {
  if (!/^\s*\{/u.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as unknown;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
