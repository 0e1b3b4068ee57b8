import type { JsonObject } from '@inferway/core';
import type { ModelKind, SimulatedModel } from '../../models.js';

// Nano-dollars in a dollar: prices are dollars per million tokens.
const DOLLAR = 1e9;

const TYPES: Readonly<Record<ModelKind, string>> = {
  chat: 'chat',
  embedding: 'embedding',
  image: 'image',
  speech: 'audio',
  transcription: 'transcribe',
  rerank: 'rerank',
  moderation: 'moderation',
};

/** An entry of `GET /v1/models`: with type, context and prices. */
export function togetherItem(model: SimulatedModel): JsonObject {
  const { id, kind = 'chat', prices, contextLength = 200_000 } = model;
  return {
    id,
    object: 'model',
    created: 0,
    type: TYPES[kind],
    running: false,
    display_name: id,
    organization: 'Inferway simulator',
    context_length: contextLength,
    pricing: {
      hourly: 0,
      base: 0,
      finetune: 0,
      input: prices.input / DOLLAR,
      output: prices.output / DOLLAR,
      cached_input: (prices.cacheRead ?? prices.input) / DOLLAR,
    },
  };
}
