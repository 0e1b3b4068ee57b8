import type { ImageRequest } from '@inferway/core';
import type { SettingsDialect } from '../openai/settings.js';

/** A setting that a provider may not take. */
export type ImageSetting = Exclude<
  keyof ImageRequest,
  'prompt' | 'providerOptions' | 'passthrough'
>;

/** What providers that speak OpenAI's Images do differently. `fields` renames what is one field. */
export interface OpenAIImagesDialect extends SettingsDialect<ImageSetting> {
  /** `size` as one text (`1024x1024`), or as `width` and `height`. Default `text`. */
  readonly size?: 'text' | 'sides' | undefined;
  /**
   * The words of `response_format` for either delivery; `undefined` for one that is not to be had, `none` where the field itself is refused
   * since images always come as bytes. Default `b64_json` and `url`.
   */
  readonly delivery?:
    | 'none'
    | { readonly bytes: string | undefined; readonly url: string | undefined }
    | undefined;
  /**
   * How images to work on travel: in a form to `images/edits`, or as URLs (`data:` URLs where they are bytes) in fields of the JSON body:
   * `one` for the first, `many` for a list of all. Default `form`.
   */
  readonly images?: 'form' | ImageFields | undefined;
  /** False: images come whole although a stream was asked for. Default true. */
  readonly streams?: boolean | undefined;
  /** Of images that do not say what they are. Default: seen from their bytes. */
  readonly mediaType?: string | undefined;
}

/** Fields for images as URLs. With both, one image goes into `one` and several into `many`. */
export type ImageFields =
  | { readonly one: string; readonly many?: string | undefined }
  | { readonly one?: undefined; readonly many: string };

/** The name of the format. */
export const OPENAI_IMAGES = 'openai-images';
