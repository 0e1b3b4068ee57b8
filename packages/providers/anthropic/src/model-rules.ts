import type { AnthropicModelRules } from '@inferway/wire';

/** Above it a default would only hide that a limit was forgotten. */
const MOST_BY_DEFAULT = 32_000;

// claude-opus-4-7, claude-haiku-4-5-20251001, claude-3-7-sonnet-20250219, claude-opus-4-20250514.
const ID = /claude-(?:([a-z]+)-)?(\d+)(?:[-.](\d{1,2}))?(?!\d)(?:-(opus|sonnet|haiku))?/u;

/**
 * What each Claude model takes: platform.claude.com, "Migrating to Claude", "Adaptive thinking", "Effort",
 * "Troubleshooting thinking" and "Models overview".
 * An id that is not understood has no rules, and everything is sent.
 *
 * @param maxTokens `max_tokens` where a request says none.
 */
export function modelRules(
  maxTokens: number | undefined,
): (id: string) => AnthropicModelRules | undefined {
  return (id) => {
    const rules = rulesOf(id);
    if (maxTokens === undefined) return rules;
    return { ...rules, maxTokens };
  };
}

function rulesOf(id: string): AnthropicModelRules | undefined {
  const found = ID.exec(id);
  if (found === null) return undefined;
  const [, before, major, minor, after] = found;
  const family = before ?? after;
  const generation = Number(major) + Number(minor ?? 0) / 10;
  if (generation < 3.7) {
    return { thinking: 'none', maxTokens: generation < 3.5 ? 4096 : 8192 };
  }
  if (generation < 4.6) {
    const knowsEffort = generation === 4.5 && family === 'opus';
    return {
      thinking: 'budget',
      efforts: knowsEffort ? ['low', 'medium', 'high'] : undefined,
      maxTokens: MOST_BY_DEFAULT,
    };
  }
  if (generation < 4.7) {
    return {
      thinking: 'both',
      efforts: family === 'opus' ? ['low', 'medium', 'high', 'max'] : ['low', 'medium', 'high'],
      prefill: false,
      maxTokens: MOST_BY_DEFAULT,
    };
  }
  const alwaysThinks = family === 'fable' || family === 'mythos';
  return {
    thinking: 'adaptive',
    thinkingOff: !alwaysThinks,
    sampling: false,
    prefill: false,
    // "Mid-conversation system messages": not on the Sonnet and Haiku models of the same generations.
    systemTurns: alwaysThinks || (family === 'opus' && generation >= 4.8),
    maxTokens: MOST_BY_DEFAULT,
  };
}
