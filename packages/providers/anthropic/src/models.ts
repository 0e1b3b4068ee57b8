import { isJsonObject, type JsonValue, type ModelInfo } from '@inferway/core';
import type { ModelListingSettings } from '@inferway/provider-kit';
import type { AnthropicModelRules } from '@inferway/wire';

/** Above it a default would only hide that a limit was forgotten. */
const MOST_BY_DEFAULT = 32_000;

// claude-opus-4-7, claude-haiku-4-5-20251001, claude-3-7-sonnet-20250219, claude-opus-4-20250514.
const ID = /claude-(?:([a-z]+)-)?(\d+)(?:[-.](\d{1,2}))?(?!\d)(?:-(opus|sonnet|haiku))?/u;

/**
 * What each Claude model takes: platform.claude.com, "Troubleshooting thinking", "Effort", "Claude API errors", "Structured outputs",
 * "Mid-conversation system messages" and the migration guides of the models, as of November 2026.
 * An id that is not understood has no rules, and everything is sent.
 *
 * @param maxTokens `max_tokens` where a request says none.
 */
export function modelRules(
  maxTokens: number | undefined,
): (id: string) => AnthropicModelRules | undefined {
  return (id) => {
    const rules = rulesOf(id);
    if (maxTokens !== undefined) return { ...rules, maxTokens };
    const { mostTokens } = rules ?? {};
    return mostTokens === undefined
      ? rules
      : { ...rules, maxTokens: Math.min(mostTokens, MOST_BY_DEFAULT) };
  };
}

function rulesOf(id: string): AnthropicModelRules | undefined {
  if (id.includes('claude-mythos-preview')) return PREVIEW;
  const found = ID.exec(id);
  if (found === null) return undefined;
  const [, before, major, minor, after] = found;
  const family = before ?? after ?? '';
  // 4.10 is later than 4.9.
  const generation = Number(major) * 100 + Number(minor ?? 0);
  if (generation < 407) return earlierRules(family, generation);
  return laterRules(family, generation);
}

/** Sampling settings, a budget for thinking, and an answer to be continued: what later models refuse. */
function earlierRules(family: string, generation: number): AnthropicModelRules {
  if (generation < 307) {
    const mostTokens = generation < 305 ? 4096 : 8192;
    return { thinking: 'none', mostTokens, structuredOutput: false };
  }
  const structuredOutput = generation >= 405 || (generation === 401 && family === 'opus');
  const sampling = generation >= 401 ? 'one' : undefined;
  if (generation < 406) {
    return {
      thinking: 'budget',
      efforts: generation === 405 && family === 'opus' ? ['low', 'medium', 'high'] : undefined,
      mostTokens:
        generation < 405 && family === 'opus' ? 32_000 : generation < 400 ? 128_000 : 64_000,
      sampling,
      structuredOutput,
    };
  }
  return {
    thinking: 'both',
    efforts: ['low', 'medium', 'high', 'max'],
    prefill: false,
    mostTokens: 128_000,
    sampling,
  };
}

function laterRules(family: string, generation: number): AnthropicModelRules {
  const top = family === 'fable' || family === 'mythos';
  const from = (opus: number, sonnet: number): boolean =>
    (family === 'opus' && generation >= opus) || (family === 'sonnet' && generation >= sonnet);
  return {
    thinking: 'adaptive',
    thinkingOff:
      top || from(505, Infinity) ? 'never' : from(Infinity, 505) ? 'between_tools' : 'disabled',
    sampling: false,
    prefill: false,
    systemTurns: top || from(408, 505),
    forcedTools: !(from(505, 505) || (top && generation >= 501)),
    mostTokens: 128_000,
  };
}

/** It thinks always, and by a budget where one is given. */
const PREVIEW: AnthropicModelRules = {
  thinking: 'both',
  thinkingOff: 'never',
  efforts: ['low', 'medium', 'high', 'max'],
  sampling: false,
  prefill: false,
  mostTokens: 128_000,
};

const PATH = 'v1/models?limit=1000';

/** `GET /v1/models`, page by page. */
export const modelListing: ModelListingSettings = { path: PATH, decode, next };

function decode(body: unknown, provider: string): readonly ModelInfo[] {
  const list = isJsonObject(body) && Array.isArray(body.data) ? body.data : [];
  return list.flatMap((entry: unknown): ModelInfo[] => {
    if (!isJsonObject(entry) || typeof entry.id !== 'string') return [];
    const created = typeof entry.created_at === 'string' ? Date.parse(entry.created_at) : NaN;
    const can = isJsonObject(entry.capabilities) ? entry.capabilities : {};
    const images = supported(can.image_input);
    return [
      {
        id: entry.id,
        provider,
        ownedBy: 'anthropic',
        created: Number.isNaN(created) ? undefined : created / 1000,
        contextLength: positive(entry.max_input_tokens),
        maxOutputTokens: positive(entry.max_tokens),
        inputModalities:
          images === undefined
            ? undefined
            : ['text', ...(images ? ['image'] : []), ...(supported(can.pdf_input) ? ['file'] : [])],
        outputModalities: images === undefined ? undefined : ['text'],
        structuredOutput: supported(can.structured_outputs),
        reasoning: supported(can.thinking),
        deprecated: typeof entry.lifecycle === 'string' ? entry.lifecycle !== 'active' : undefined,
      },
    ];
  });
}

function supported(capability: JsonValue | undefined): boolean | undefined {
  const told = isJsonObject(capability) ? capability.supported : undefined;
  return typeof told === 'boolean' ? told : undefined;
}

function positive(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}

function next(body: unknown): string | undefined {
  if (!isJsonObject(body) || body.has_more !== true || typeof body.last_id !== 'string') {
    return undefined;
  }
  return `${PATH}&after_id=${encodeURIComponent(body.last_id)}`;
}
