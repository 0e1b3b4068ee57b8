import type { TranscribeRequest } from '@inferway/core';
import { unsupported } from '../dropped.js';
import type { EncodeTarget } from '../format.js';
import { takes } from '../openai/settings.js';
import type { OpenAITranscriptionsDialect, TranscriptForm } from './dialect.js';

/** What is asked of the answer's form. */
export interface ChosenForm {
  /** Undefined: the provider's own, `json`. */
  readonly form: TranscriptForm | undefined;
  readonly timestamps: boolean;
  /** A field to set for speakers. */
  readonly diarizeField: string | undefined;
}

/** Chooses the one form that holds most of what a request asks for, and tells of what it does not hold. */
export function chooseForm(
  request: TranscribeRequest,
  to: EncodeTarget<OpenAITranscriptionsDialect>,
): ChosenForm {
  const { dialect } = to;
  const knows = (form: TranscriptForm): boolean => dialect?.forms?.includes(form) !== false;
  const drop = (setting: string): void => {
    to.warn(unsupported(setting, `"${to.model}" gives no answer that holds it`));
  };
  // Streams have no times and no subtitles.
  const streamed = to.stream && dialect?.streams !== false;
  const withTimes = knows('verbose_json') && !streamed;

  const diarize = request.diarize === true && takes(request, 'diarize', to);
  const byField = typeof dialect?.diarize === 'object' ? dialect.diarize.field : undefined;
  const speakersByForm = diarize && byField === undefined && knows('diarized_json');
  if (diarize && byField === undefined && !speakersByForm) drop('diarize');

  let timestamps = takes(request, 'timestamps', to);
  if (timestamps && (!withTimes || speakersByForm)) {
    // Segments of speakers have times.
    if (!speakersByForm || request.timestamps?.includes('word') === true) drop('timestamps');
    timestamps = false;
  }
  const wanted = takes(request, 'subtitles', to) ? request.subtitles : undefined;
  if (wanted !== undefined && streamed) drop('subtitles');
  const subtitles = streamed ? undefined : wanted;

  const diarizeField = diarize ? byField : undefined;
  if (speakersByForm) return { form: 'diarized_json', timestamps, diarizeField };
  if (timestamps) return { form: 'verbose_json', timestamps, diarizeField };
  if (diarizeField !== undefined && withTimes) {
    return { form: 'verbose_json', timestamps, diarizeField };
  }
  if (subtitles === undefined) return { form: undefined, timestamps, diarizeField };
  if (knows(subtitles)) return { form: subtitles, timestamps, diarizeField };
  if (withTimes) return { form: 'verbose_json', timestamps, diarizeField };
  drop('subtitles');
  return { form: undefined, timestamps, diarizeField };
}
