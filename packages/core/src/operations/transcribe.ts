import type { FileData, FileInput } from '../files/file-data.js';
import type { Usage } from '../usage.js';
import type { TokenLogprob } from './logprobs.js';
import type { Passthrough, ProviderOptions } from './provider-options.js';

interface TranscribeSettings {
  /** Spoken language, ISO 639-1 such as `en`. */
  readonly language?: string | undefined;
  /** Text that guides style and spelling. */
  readonly prompt?: string | undefined;
  readonly temperature?: number | undefined;
  /** True: the text in English, whatever was spoken. */
  readonly translate?: boolean | undefined;
  readonly timestamps?: readonly ('segment' | 'word')[] | undefined;
  /** Tell speakers apart. */
  readonly diarize?: boolean | undefined;
  readonly logprobs?: boolean | undefined;
  /** Asks for subtitles as well; `subtitles` of the result holds them. */
  readonly subtitles?: 'srt' | 'vtt' | undefined;
  readonly providerOptions?: ProviderOptions | undefined;
  readonly passthrough?: Passthrough | undefined;
}

/** Speech in, text out. */
export interface TranscribeRequest extends TranscribeSettings {
  readonly audio: FileData;
}

/** What an application writes for a transcription. */
export interface TranscribeInput extends TranscribeSettings {
  readonly audio: FileInput;
}

export interface TranscribedSegment {
  /** Seconds from the beginning of the audio. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly speaker?: string | undefined;
}

export interface TranscribedWord {
  readonly word: string;
  /** Seconds from the beginning of the audio. */
  readonly start: number;
  readonly end: number;
}

export interface TranscribeResult {
  readonly text: string;
  readonly language?: string | undefined;
  /** Of the audio. */
  readonly durationSeconds?: number | undefined;
  readonly segments?: readonly TranscribedSegment[] | undefined;
  readonly words?: readonly TranscribedWord[] | undefined;
  readonly logprobs?: readonly TokenLogprob[] | undefined;
  readonly subtitles?: string | undefined;
  readonly model?: string | undefined;
}

export type TranscribeEvent =
  | { readonly type: 'start'; readonly model?: string | undefined }
  | {
      readonly type: 'text-delta';
      readonly text: string;
      readonly logprobs?: readonly TokenLogprob[] | undefined;
    }
  | { readonly type: 'segment'; readonly segment: TranscribedSegment }
  /** What is known of the whole only at its end. */
  | {
      readonly type: 'finish';
      readonly language?: string | undefined;
      readonly durationSeconds?: number | undefined;
      readonly words?: readonly TranscribedWord[] | undefined;
    }
  | { readonly type: 'end'; readonly usage?: Usage | undefined };

declare module '../operations.js' {
  interface Operations {
    transcribe: {
      request: TranscribeRequest;
      input: TranscribeInput;
      result: TranscribeResult;
      event: TranscribeEvent;
    };
  }
}
