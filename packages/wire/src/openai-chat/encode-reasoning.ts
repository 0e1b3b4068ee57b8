import type { JsonObject, ReasoningSettings } from '@inferway/core';
import type { EncodeTarget } from '../format.js';
import { defined } from '../json-body.js';
import { effortFor, knownEffort } from '../openai/reasoning-effort.js';
import type { OpenAIChatDialect } from './dialect.js';

/** The fields that ask for reasoning. What the dialect has no word for becomes the nearest one, with a warning. */
export function encodeReasoning(
  settings: ReasoningSettings,
  dialect: OpenAIChatDialect,
  to: EncodeTarget<OpenAIChatDialect>,
): JsonObject {
  const { reasoning, efforts } = dialect;
  if (reasoning === undefined || reasoning === 'effort' || reasoning === 'switch') {
    const asked = effortFor(settings, efforts, to);
    if (reasoning === 'switch' && asked === 'none') return { reasoning: { enabled: false } };
    const word = asked === undefined ? undefined : (dialect.effortWords?.[asked] ?? asked);
    return defined({
      reasoning: reasoning === 'switch' ? { enabled: true } : undefined,
      reasoning_effort: word,
    });
  }
  const effort = knownEffort(settings.effort, efforts, to);
  if (typeof reasoning === 'function') return reasoning({ ...settings, effort });
  return { reasoning: defined({ effort, max_tokens: settings.maxTokens }) };
}
