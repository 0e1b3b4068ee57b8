import type { SpeechRequest } from '@inferway/core';
import type { SettingsDialect } from '../openai/settings.js';

/** A setting that a provider may not take. */
export type SpeechSetting = Exclude<
  keyof SpeechRequest,
  'text' | 'providerOptions' | 'passthrough'
>;

export type SpeechFormat = NonNullable<SpeechRequest['format']>;

/** What providers that speak OpenAI's Speech do differently. `fields` renames what is one field. */
export interface OpenAISpeechDialect extends SettingsDialect<SpeechSetting> {
  /** The words of the formats that are known; others are dropped with a warning. Default: all, by their own names. */
  readonly formats?: Readonly<Partial<Record<SpeechFormat, string>>> | undefined;
  /** What is sent where a request names none, for providers that demand one. */
  readonly voice?: string | undefined;
  /** What comes where a request names no format. Default `mp3`. */
  readonly defaultFormat?: SpeechFormat | undefined;
  /**
   * How a stream is asked for: `sse` with `stream_format: "sse"`, `flag` with `stream: true`, or `bytes` not at all, since the file itself is
   * sent while it is made. Default `bytes`. Answers of either kind are understood whatever was asked.
   */
  readonly streams?: 'sse' | 'flag' | 'bytes' | undefined;
  /** The format that a stream has to be asked for in, where there is only one; another one is dropped with a warning. */
  readonly streamFormat?: SpeechFormat | undefined;
}

/** The name of the format. */
export const OPENAI_SPEECH = 'openai-speech';
