import type { EmbedRequest } from '@inferway/core';
import type { Format } from '@inferway/wire';
import { embedding, inBase64 } from '../answer/embedding.js';
import type { Voice } from '../protocols/voice.js';
import { countTokens } from '../text/tokenizer.js';
import type { Endpoint } from './endpoint.js';
import { findPlain } from './find-plain.js';

const DIMENSIONS = 256;

/** A route that embeds texts. */
export function embedEndpoint(format: Format<'embed'>, voice: Voice): Endpoint<'embed'> {
  return {
    format,
    voice,
    kind: 'embedding',
    cache: 'none',
    find: findPlain,
    segments: (request) =>
      inputs(request).map((input) =>
        typeof input === 'string'
          ? { text: input, tokens: countTokens(input) }
          : { text: input.join(' '), tokens: input.length },
      ),
    maxOutputTokens: () => undefined,
    generate(request, model) {
      const dimensions = request.dimensions ?? model.dimensions ?? DIMENSIONS;
      return {
        outputTokens: 0,
        reasoningTokens: 0,
        steps: () => [],
        result() {
          const vectors = inputs(request).map((input) =>
            embedding(typeof input === 'string' ? input : input.join(' '), dimensions),
          );
          return {
            embeddings: request.encoding === 'base64' ? vectors.map(inBase64) : vectors,
          };
        },
      };
    },
  };
}

function inputs({ input }: EmbedRequest): readonly (string | readonly number[])[] {
  return typeof input === 'string' ? [input] : input;
}
