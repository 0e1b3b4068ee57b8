import type {
  JsonObject,
  JsonValue,
  TokenLogprob,
  TranscribedSegment,
  TranscribedWord,
} from '@inferway/core';
import { defined } from '../json-body.js';
import { asCount, asObjects, asString, asText } from '../lenient.js';
import { readLogprobs } from '../openai/logprobs.js';

/** A segment; undefined without its times. */
export function readSegment(entry: JsonObject): TranscribedSegment | undefined {
  const start = asSeconds(entry['start']);
  const end = asSeconds(entry['end']);
  if (start === undefined || end === undefined) return undefined;
  const speaker = asText(entry['speaker']) ?? asText(entry['speaker_id']);
  return defined({ start, end, text: asString(entry['text']) ?? '', speaker });
}

/** Segments, where the answer has any; those of speakers before the others. */
export function readSegments(answer: JsonObject): TranscribedSegment[] | undefined {
  const bySpeaker = asObjects(answer['speaker_segments']);
  const entries = bySpeaker.length > 0 ? bySpeaker : asObjects(answer['segments']);
  const segments = entries.flatMap((entry) => readSegment(entry) ?? []);
  return segments.length === 0 ? undefined : segments;
}

export function readWords(raw: JsonValue | undefined): TranscribedWord[] | undefined {
  const words = asObjects(raw).flatMap((entry): TranscribedWord[] => {
    const word = asString(entry['word']) ?? asString(entry['text']);
    const start = asSeconds(entry['start']);
    const end = asSeconds(entry['end']);
    if (word === undefined || start === undefined || end === undefined) return [];
    return [{ word, start, end }];
  });
  return words.length === 0 ? undefined : words;
}

/** Log probabilities, which here are a list without choices around it. */
export function readTranscriptLogprobs(raw: JsonValue | undefined): TokenLogprob[] | undefined {
  return Array.isArray(raw) ? readLogprobs({ content: raw }) : readLogprobs(raw);
}

/** Seconds as a number, or as text, which some engines write. */
export function asSeconds(value: unknown): number | undefined {
  return asCount(typeof value === 'string' && value.trim() !== '' ? Number(value) : value);
}

/** The language as it is told: a code, a name, or the first of a list of codes. */
export function readLanguage(answer: JsonObject): string | undefined {
  return asText(answer['language']) ?? asText(asObjects(answer['languages'])[0]?.['code']);
}
