import type { ChatRequest, ReasoningEffort } from '@inferway/core';
import type { SeededRandom } from '../seeded-random.js';
import { prose } from '../text/prose.js';
import { tokenize } from '../text/tokenizer.js';

/** How many tokens the simulated model thinks at most, by effort; at least half of it. */
const THOUGHT: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 16,
  low: 32,
  medium: 64,
  high: 128,
  xhigh: 256,
  max: 512,
};

/** The tokens of the model's reasoning; none where it does not reason or is told not to. */
export function reasoningTokens(
  request: ChatRequest,
  traits: { readonly reasons: boolean },
  random: SeededRandom,
): readonly string[] {
  const asked = request.reasoning;
  if (asked === undefined && !traits.reasons) return [];
  const most = THOUGHT[asked?.effort ?? 'medium'];
  if (most === 0) return [];
  const count = Math.min(asked?.maxTokens ?? Infinity, random.int(most / 2, most));
  return tokenize(prose('Simulated reasoning', { unit: 'tokens', count }, random));
}
