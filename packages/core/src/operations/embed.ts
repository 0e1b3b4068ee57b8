import type { Passthrough, ProviderOptions } from './provider-options.js';

/** Texts in, one vector each out. */
export interface EmbedRequest {
  readonly input: string | readonly string[] | readonly (readonly number[])[];
  readonly dimensions?: number | undefined;
  /** How vectors travel on the wire; results are number lists unless `base64` is asked for. */
  readonly encoding?: 'float' | 'base64' | undefined;
  readonly user?: string | undefined;
  readonly providerOptions?: ProviderOptions | undefined;
  readonly passthrough?: Passthrough | undefined;
}

export interface EmbedResult {
  /** In the order of the input. A base64 string (little-endian float32) only where `encoding: 'base64'` asked for it. */
  readonly embeddings: readonly (readonly number[] | string)[];
  readonly model?: string | undefined;
}

declare module '../operations.js' {
  interface Operations {
    embed: { request: EmbedRequest; result: EmbedResult; event: never };
  }
}
