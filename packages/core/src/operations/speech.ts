import type { FileData } from '../files/file-data.js';
import type { Usage } from '../usage.js';
import type { Passthrough, ProviderOptions } from './provider-options.js';

/** Text in, spoken audio out. */
export interface SpeechRequest {
  readonly text: string;
  /** By the provider's own name for it. */
  readonly voice?: string | undefined;
  /** Default: the provider's. `pcm` is raw 16-bit little-endian samples. */
  readonly format?: 'mp3' | 'opus' | 'aac' | 'flac' | 'wav' | 'pcm' | undefined;
  /** 1 is normal. */
  readonly speed?: number | undefined;
  /** In words, how to speak. */
  readonly instructions?: string | undefined;
  /** BCP 47, such as `en` or `pt-BR`. */
  readonly language?: string | undefined;
  /** Hertz. */
  readonly sampleRate?: number | undefined;
  /** Audio as it is to arrive. Default: as the provider gives it. Streams are always bytes. */
  readonly delivery?: 'bytes' | 'url' | undefined;
  readonly user?: string | undefined;
  readonly providerOptions?: ProviderOptions | undefined;
  readonly passthrough?: Passthrough | undefined;
}

export interface SpeechResult {
  readonly audio: FileData;
  readonly model?: string | undefined;
}

export type SpeechEvent =
  | {
      readonly type: 'start';
      readonly mediaType: string;
      readonly model?: string | undefined;
    }
  /** A piece of the file, not a file of its own. */
  | { readonly type: 'audio-delta'; readonly data: Uint8Array }
  | { readonly type: 'end'; readonly usage?: Usage | undefined };

declare module '../operations.js' {
  interface Operations {
    speech: { request: SpeechRequest; result: SpeechResult; event: SpeechEvent };
  }
}
