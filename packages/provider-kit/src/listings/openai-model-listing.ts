import { isJsonObject, type ModelInfo } from '@inferway/core';
import type { ModelListingSettings } from '../provider/profile.js';

/** `GET /models` as OpenAI has it, and as the servers do that speak its protocol; entries without an id are skipped. */
export const openaiModelListing: ModelListingSettings = { path: 'models', decode };

function decode(body: unknown, provider: string): readonly ModelInfo[] {
  // Together answers with the bare list.
  const list = isJsonObject(body) ? body.data : body;
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown): ModelInfo[] => {
    if (!isJsonObject(entry) || typeof entry.id !== 'string') return [];
    return [
      {
        id: entry.id,
        provider,
        ownedBy: typeof entry.owned_by === 'string' ? entry.owned_by : undefined,
        created: count(entry.created),
        // vLLM; Together, Mistral and OpenRouter; Groq.
        contextLength:
          count(entry.max_model_len) ?? count(entry.context_length) ?? count(entry.context_window),
      },
    ];
  });
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}
