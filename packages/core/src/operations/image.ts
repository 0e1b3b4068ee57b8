import type { FileData, FileInput } from '../files/file-data.js';
import type { Usage } from '../usage.js';
import type { Passthrough, ProviderOptions } from './provider-options.js';

interface ImageSettings {
  readonly prompt: string;
  /** How many images. Default: the provider's, mostly 1. */
  readonly count?: number | undefined;
  /** In pixels, or left to the model. */
  readonly size?: `${number}x${number}` | 'auto' | undefined;
  /** For models that choose the size by it, such as `16:9`. */
  readonly aspectRatio?: `${number}:${number}` | undefined;
  /** In the model's own words: `low`, `medium`, `high`, `hd` … */
  readonly quality?: string | undefined;
  readonly format?: 'png' | 'jpeg' | 'webp' | undefined;
  /** 0 to 100, for `jpeg` and `webp`. */
  readonly compression?: number | undefined;
  readonly background?: 'transparent' | 'opaque' | 'auto' | undefined;
  /** What the image must not show. */
  readonly negativePrompt?: string | undefined;
  /** Diffusion steps. */
  readonly steps?: number | undefined;
  /** How closely the image follows the prompt. */
  readonly guidance?: number | undefined;
  readonly seed?: number | undefined;
  /** Images as they are to arrive. Default: as the provider gives them. */
  readonly delivery?: 'bytes' | 'url' | undefined;
  /** Streams: how many unfinished images to show on the way. */
  readonly partialImages?: number | undefined;
  readonly user?: string | undefined;
  readonly providerOptions?: ProviderOptions | undefined;
  readonly passthrough?: Passthrough | undefined;
}

/** A text in, images out; with `images`, they are changed or taken as models. */
export interface ImageRequest extends ImageSettings {
  /** Images to change or to follow. */
  readonly images?: readonly FileData[] | undefined;
  /** Transparent where the first image may be changed. */
  readonly mask?: FileData | undefined;
}

/** What an application writes for an image. */
export interface ImageInput extends ImageSettings {
  readonly images?: readonly FileInput[] | undefined;
  readonly mask?: FileInput | undefined;
}

export interface GeneratedImage {
  readonly image: FileData;
  /** The prompt as the model rewrote it. */
  readonly revisedPrompt?: string | undefined;
  readonly seed?: number | undefined;
}

export interface ImageResult {
  readonly images: readonly GeneratedImage[];
  readonly model?: string | undefined;
  /** Seconds since the epoch. */
  readonly created?: number | undefined;
}

export type ImageEvent =
  | {
      readonly type: 'start';
      readonly model?: string | undefined;
      readonly created?: number | undefined;
    }
  /** An unfinished image: `index` of the image, `step` counts from 0. */
  | {
      readonly type: 'image-partial';
      readonly index: number;
      readonly step: number;
      readonly image: FileData;
    }
  | { readonly type: 'image'; readonly index: number; readonly image: GeneratedImage }
  | { readonly type: 'end'; readonly usage?: Usage | undefined };

declare module '../operations.js' {
  interface Operations {
    image: { request: ImageRequest; input: ImageInput; result: ImageResult; event: ImageEvent };
  }
}
