import type {
  JsonObject,
  TokenLogprob,
  TranscribedSegment,
  TranscribeResult,
} from '@inferway/core';
import { BytesBody } from '../body.js';
import type { Decoded, EncodeAs, StreamAs } from '../format.js';
import { defined } from '../json-body.js';
import { writeAudioUsage } from '../openai/media-usage.js';
import { writeSubtitles } from './subtitles.js';

/** Canonical result to the form that the caller asked for: JSON, or text of a kind. */
export function encodeResponse(
  { result, usage }: Decoded<'transcribe'>,
  as: EncodeAs & StreamAs,
): JsonObject | BytesBody {
  const { form } = as;
  if (form === 'text') return textBody(`${result.text}\n`);
  if (form === 'srt' || form === 'vtt') return textBody(subtitlesOf(result, form));
  const told = {
    text: result.text,
    logprobs: result.logprobs?.map((token) => writeLogprob(token)),
    usage: writeAudioUsage(usage),
  };
  if (form !== 'verbose_json' && form !== 'diarized_json') return defined(told);
  const write = form === 'verbose_json' ? writeSegment : writeSpeakerSegment;
  return defined({
    task: as.echo?.['task'] ?? 'transcribe',
    language: result.language,
    duration: result.durationSeconds,
    ...told,
    segments: result.segments?.map((segment, index) => write(segment, index)),
    words: result.words?.map(({ word, start, end }) => ({ word, start, end })),
  });
}

function textBody(text: string): BytesBody {
  return new BytesBody(new TextEncoder().encode(text), 'text/plain; charset=utf-8');
}

function subtitlesOf(result: TranscribeResult, format: 'srt' | 'vtt'): string {
  if (result.subtitles !== undefined) return result.subtitles;
  const { text, durationSeconds = 0 } = result;
  return writeSubtitles(
    result.segments ?? (text === '' ? [] : [{ start: 0, end: durationSeconds, text }]),
    format,
  );
}

function writeSegment({ speaker, ...segment }: TranscribedSegment, id: number): JsonObject {
  return defined({ id, ...segment, speaker });
}

/** A segment with its speaker, alike in answers and streams. */
export function writeSpeakerSegment(segment: TranscribedSegment, index: number): JsonObject {
  return defined({
    type: 'transcript.text.segment',
    id: `seg_${String(index + 1).padStart(3, '0')}`,
    ...segment,
  });
}

/** A token of a list of log probabilities; what else might have been said has no place in it. */
export function writeLogprob({ token, logprob, bytes }: TokenLogprob): JsonObject {
  return defined({ token, logprob, bytes });
}
