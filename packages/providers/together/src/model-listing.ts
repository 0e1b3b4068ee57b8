import {
  isJsonObject,
  usd,
  type JsonObject,
  type ModelInfo,
  type TokenPrices,
} from '@inferway/core';
import { describedListing, type ModelListingSettings } from '@inferway/provider-kit';

/** What a model of a `type` is called for, and what it gives. */
const TYPES: Readonly<Record<string, Partial<ModelInfo>>> = {
  chat: { operations: ['chat'], outputModalities: ['text'] },
  language: { operations: ['complete'], outputModalities: ['text'] },
  code: { operations: ['complete'], outputModalities: ['text'] },
  image: { operations: ['image'], outputModalities: ['image'] },
  embedding: { operations: ['embed'] },
  rerank: { operations: ['rerank'] },
  moderation: { operations: ['chat'] },
  audio: { operations: ['speech'], outputModalities: ['audio'] },
  transcribe: { operations: ['transcribe'], inputModalities: ['audio'] },
  video: { outputModalities: ['video'] },
};

/** `GET /models`: a bare list, each with its type, context and prices in dollars per million tokens. */
export const modelListing: ModelListingSettings = describedListing('models', (entry) => {
  const { type, organization } = entry;
  const kind = typeof type === 'string' ? TYPES[type] : undefined;
  return {
    ...kind,
    ownedBy: typeof organization === 'string' ? organization : undefined,
    ...pricesOf(entry, kind),
  };
});

// What is not billed by tokens is listed with zeros, which are no prices.
function pricesOf(entry: JsonObject, kind: Partial<ModelInfo> | undefined): Partial<ModelInfo> {
  const { pricing } = entry;
  if (!isJsonObject(pricing)) return {};
  const input = dollars(pricing['input']);
  const output = dollars(pricing['output']);
  if (input === undefined || output === undefined) return {};
  const free = input === 0 && output === 0;
  if (free && !(kind?.outputModalities?.includes('text') === true && isFree(entry))) return {};
  const prices: TokenPrices = { input, output, cacheRead: dollars(pricing['cached_input']) };
  return free ? { prices, free } : { prices };
}

function isFree({ id }: JsonObject): boolean {
  return typeof id === 'string' && id.endsWith('-Free');
}

function dollars(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? usd(value) : undefined;
}
