import { isJsonObject, type ModelInfo } from '@inferway/core';
import type { ModelListingSettings } from '@inferway/provider-kit';

const PATH = 'v1/models?limit=1000';

/** `GET /v1/models`, page by page. */
export const modelListing: ModelListingSettings = { path: PATH, decode, next };

function decode(body: unknown, provider: string): readonly ModelInfo[] {
  const list = isJsonObject(body) && Array.isArray(body.data) ? body.data : [];
  return list.flatMap((entry: unknown): ModelInfo[] => {
    if (!isJsonObject(entry) || typeof entry.id !== 'string') return [];
    const created = typeof entry.created_at === 'string' ? Date.parse(entry.created_at) : NaN;
    const context = entry.max_input_tokens;
    return [
      {
        id: entry.id,
        provider,
        ownedBy: 'anthropic',
        created: Number.isNaN(created) ? undefined : created / 1000,
        contextLength: typeof context === 'number' && context > 0 ? context : undefined,
      },
    ];
  });
}

function next(body: unknown): string | undefined {
  if (!isJsonObject(body) || body.has_more !== true || typeof body.last_id !== 'string') {
    return undefined;
  }
  return `${PATH}&after_id=${encodeURIComponent(body.last_id)}`;
}
