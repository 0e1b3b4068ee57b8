import type { JsonObject, Usage } from '@inferway/core';
import { defined } from '../json-body.js';
import { asObject } from '../lenient.js';
import { readUsage, writeUsage, type ReasoningTokens } from '../openai/usage.js';

/** Usage as the Responses API writes it: that of Chat Completions with other names. */
export function readResponseUsage(
  raw: unknown,
  reasoning: ReasoningTokens | undefined,
): Usage | undefined {
  const usage = asObject(raw);
  if (usage === undefined) return undefined;
  const named = {
    ...usage,
    prompt_tokens: usage['input_tokens'],
    completion_tokens: usage['output_tokens'],
    prompt_tokens_details: usage['input_tokens_details'],
    completion_tokens_details: usage['output_tokens_details'],
  };
  return { ...readUsage(named, reasoning), raw: usage };
}

/** Clients look into the details without asking whether they are there, so these are; what is not known is left out of them. */
export function writeResponseUsage(usage: Usage): JsonObject {
  const written = writeUsage(usage);
  return defined({
    input_tokens: written['prompt_tokens'],
    input_tokens_details: written['prompt_tokens_details'] ?? {},
    output_tokens: written['completion_tokens'],
    output_tokens_details: written['completion_tokens_details'] ?? {},
    total_tokens: written['total_tokens'],
    cost: written['cost'],
  });
}
