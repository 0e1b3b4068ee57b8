import { isJsonObject, type JsonObject, type ModelInfo } from '@inferway/core';
import type { ModelListingSettings } from '../provider/profile.js';

/** `GET /models` as OpenAI has it, and as the servers do that speak its protocol; entries without an id are skipped. */
export const openaiModelListing: ModelListingSettings = describedListing('models');

/** The same listing at any path; `describe` reads what a provider says beyond what all say in the same words. */
export function describedListing(
  path: string,
  describe: (entry: JsonObject) => Partial<ModelInfo> = () => ({}),
): ModelListingSettings {
  return { path, decode: (body, provider) => decode(body, provider, describe) };
}

function decode(
  body: unknown,
  provider: string,
  describe: (entry: JsonObject) => Partial<ModelInfo>,
): readonly ModelInfo[] {
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
        maxOutputTokens: count(entry.max_completion_tokens) ?? count(entry.max_output_tokens),
        // Fireworks, and who follows it.
        tools: flag(entry.supports_tools),
        inputModalities: modalities(entry),
        // Groq.
        deprecated: entry.active === false ? true : undefined,
        ...describe(entry),
      },
    ];
  });
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}

function flag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function modalities({ supports_image_input: images }: JsonObject): readonly string[] | undefined {
  if (typeof images !== 'boolean') return undefined;
  return images ? ['text', 'image'] : ['text'];
}
