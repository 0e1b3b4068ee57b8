import type { Format } from '@inferway/wire';
import { completeGeneration, type ContinuationRules } from '../answer/complete-generation.js';
import type { Voice } from '../protocols/voice.js';
import { countTokens } from '../text/tokenizer.js';
import type { Endpoint } from './endpoint.js';
import { findPlain } from './find-plain.js';

/** A route that continues text. */
export function completeEndpoint(
  format: Format<'complete'>,
  voice: Voice,
  rules?: ContinuationRules,
): Endpoint<'complete'> {
  return {
    format,
    voice,
    kind: 'chat',
    cache: 'automatic',
    find: findPlain,
    segments: ({ prompt, suffix = '' }) =>
      [prompt, suffix].map((text) => ({ text, tokens: countTokens(text) })),
    maxOutputTokens: (request) => request.maxOutputTokens,
    generate: (request, model, random) =>
      completeGeneration(request, model.maxOutputTokens ?? 32_000, random, rules),
  };
}
