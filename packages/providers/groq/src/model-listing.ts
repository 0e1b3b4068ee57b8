import type { ModelInfo } from '@inferway/core';
import { describedListing, type ModelListingSettings } from '@inferway/provider-kit';

/** What the listing does not say of a model, its name does. */
const KINDS: readonly (readonly [RegExp, Partial<ModelInfo>])[] = [
  [/whisper/u, { operations: ['transcribe'], inputModalities: ['audio'] }],
  [/tts|orpheus/u, { operations: ['speech'], outputModalities: ['audio'] }],
  [/embed/u, { operations: ['embed'] }],
];

/** `GET /models`: the longest answer means something for models that write, and what else a model does stands in its name. */
export const modelListing: ModelListingSettings = describedListing('openai/v1/models', ({ id }) => {
  const kind = KINDS.find(([pattern]) => pattern.test(String(id)))?.[1];
  return kind === undefined ? { operations: ['chat'] } : { ...kind, maxOutputTokens: undefined };
});
