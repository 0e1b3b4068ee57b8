import type { JsonObject } from '@inferway/core';
import type { SimulatedModel } from '../../models.js';
import { ORGANISATION } from '../../serve/model-reference.js';
import { PARTNERS, partnerPrices, type Partner } from './partners.js';

// Nano-dollars in a dollar: the router lists dollars per million tokens.
const DOLLAR = 1e9;

/** A model as the router's `/v1/models` lists it, each provider with as much as it tells. */
export function routerItem(model: SimulatedModel): JsonObject {
  return {
    id: `${ORGANISATION}/${model.id}`,
    object: 'model',
    created: 1_767_225_600,
    owned_by: ORGANISATION,
    architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
    providers: PARTNERS.map((partner) => routerProvider(model, partner)),
  };
}

function routerProvider(model: SimulatedModel, partner: Partner): JsonObject {
  const { id: provider, status, measured } = partner;
  if (measured === undefined) return { provider, status };
  const prices = partnerPrices(model, partner);
  return {
    provider,
    status,
    context_length: model.contextLength ?? 200_000,
    pricing: partner.listsPrices
      ? { input: prices.input / DOLLAR, output: prices.output / DOLLAR }
      : undefined,
    supports_tools: true,
    supports_structured_output: true,
    first_token_latency_ms: measured.latencyMs,
    throughput: measured.throughput,
    is_model_author: false,
  };
}

/** A model's providers as the Hub tells them: by name, or in a list, which it has used both. */
export function hubMapping(model: SimulatedModel): JsonObject | readonly JsonObject[] {
  const entry = (partner: Partner): JsonObject => ({
    status: partner.status === 'live' ? 'live' : 'error',
    providerId: model.id,
    task: 'conversational',
    isModelAuthor: false,
  });
  return model.id === LISTED_MAPPING
    ? PARTNERS.map((partner) => ({
        provider: partner.id,
        hfModelId: `${ORGANISATION}/${model.id}`,
        ...entry(partner),
        type: 'single-model',
      }))
    : Object.fromEntries(PARTNERS.map((partner) => [partner.id, entry(partner)]));
}

/** The model whose mapping is told as a list, so that both shapes can be met. */
const LISTED_MAPPING = 'sim-mini';
