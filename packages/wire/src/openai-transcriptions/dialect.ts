import type { JsonObject, TranscribeRequest } from '@inferway/core';
import type { SettingsDialect } from '../openai/settings.js';

/** A setting that a provider may not take. */
export type TranscribeSetting = Exclude<
  keyof TranscribeRequest,
  'audio' | 'providerOptions' | 'passthrough'
>;

/** The forms of an answer, as `response_format` names them. */
export type TranscriptForm = 'json' | 'text' | 'srt' | 'verbose_json' | 'vtt' | 'diarized_json';

export const TRANSCRIPT_FORMS: readonly TranscriptForm[] = [
  'json',
  'text',
  'srt',
  'verbose_json',
  'vtt',
  'diarized_json',
];

/** What providers that speak OpenAI's Transcriptions do differently. `fields` renames what is one field. */
export interface OpenAITranscriptionsDialect extends SettingsDialect<TranscribeSetting> {
  /** The field that takes audio as a URL. Default: none, and a URL is refused. */
  readonly urlField?: string | undefined;
  /** The forms that can be asked for. What needs another one is dropped with a warning; subtitles are made here where times come. Default: all. */
  readonly forms?: readonly TranscriptForm[] | undefined;
  /** How speakers are asked for: the form `diarized_json`, or a field that is set to true beside `verbose_json`. Default `form`. */
  readonly diarize?: 'form' | { readonly field: string } | undefined;
  /** Fields that are sent unless the caller's own say otherwise. */
  readonly defaults?: JsonObject | undefined;
  /** False: the text comes whole although a stream was asked for. Default true. */
  readonly streams?: boolean | undefined;
}

/** The name of the format. */
export const OPENAI_TRANSCRIPTIONS = 'openai-transcriptions';
