import {
  isJsonObject,
  usd,
  type JsonValue,
  type ModelInfo,
  type ServingProvider,
  type TokenPrices,
} from '@inferway/core';
import { asCount, asString } from '../lenient.js';

/** Reads `GET /v1/models` of the router. Entries of another form are skipped: the list is not ours. */
export function readRouterListing(body: unknown, provider: string): readonly ModelInfo[] {
  const list = isJsonObject(body) && Array.isArray(body.data) ? (body.data as JsonValue[]) : [];
  return list.flatMap((entry) => {
    if (!isJsonObject(entry) || typeof entry.id !== 'string') return [];
    const shape = isJsonObject(entry.architecture) ? entry.architecture : {};
    const serving = Array.isArray(entry.providers) ? (entry.providers as JsonValue[]) : [];
    return {
      id: entry.id,
      provider,
      ownedBy: asString(entry.owned_by),
      created: asCount(entry.created),
      inputModalities: texts(shape.input_modalities),
      outputModalities: texts(shape.output_modalities),
      servedBy: serving.flatMap((one) => readServing(one) ?? []),
    };
  });
}

function readServing(entry: JsonValue): ServingProvider | undefined {
  if (!isJsonObject(entry)) return undefined;
  const { provider, status } = entry;
  if (typeof provider !== 'string' || (status !== 'live' && status !== 'error')) return undefined;
  return {
    provider,
    status,
    contextLength: asCount(entry.context_length),
    prices: readPrices(entry.pricing),
    free: flag(entry.is_free),
    tools: flag(entry.supports_tools),
    structuredOutput: flag(entry.supports_structured_output),
    ttftMs: asCount(entry.first_token_latency_ms),
    tokensPerSecond: asCount(entry.throughput),
  };
}

// Dollars per million tokens. One price without the other is no price of a call.
function readPrices(pricing: JsonValue | undefined): TokenPrices | undefined {
  if (!isJsonObject(pricing)) return undefined;
  const input = asCount(pricing.input);
  const output = asCount(pricing.output);
  if (input === undefined || output === undefined) return undefined;
  try {
    return { input: usd(input), output: usd(output) };
  } catch {
    return undefined;
  }
}

function texts(value: JsonValue | undefined): readonly string[] | undefined {
  return Array.isArray(value)
    ? (value as JsonValue[]).filter((entry) => typeof entry === 'string')
    : undefined;
}

function flag(value: JsonValue | undefined): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
