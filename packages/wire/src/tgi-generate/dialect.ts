import type { CompleteRequest, JsonObject } from '@inferway/core';

/** A setting that a server may not take. */
export type GenerateSetting = Exclude<
  keyof CompleteRequest,
  'prompt' | 'providerOptions' | 'passthrough'
>;

/** What servers that speak TGI's generation protocol do differently. */
export interface TgiGenerateDialect {
  /** True where one address answers both shapes, and the body's `stream` says which. Default false: the path says it. */
  readonly streamField?: boolean | undefined;
  /** False: `details` are not asked for, and then neither finish reason nor output tokens are known. Default true. */
  readonly details?: boolean | undefined;
  /** Settings that are refused, beyond those that the protocol has no word for: dropped with a warning. */
  readonly unsupported?: readonly GenerateSetting[] | undefined;
  /** Parameters that are sent unless the caller's own say otherwise. */
  readonly defaults?: JsonObject | undefined;
}

/** The name of the format. */
export const TGI_GENERATE = 'tgi-generate';
