import { isJsonObject, type JsonObject } from '@inferway/core';
import { finishWord } from '../openai/finish-reason.js';

/** Members of a delta that do something else than let its text grow. */
const OTHERS = [
  'reasoning_details',
  'refusal',
  'tool_calls',
  'function_call',
  'annotations',
  'images',
  'audio',
] as const;
const TEXTS = ['content', 'reasoning_content', 'reasoning'] as const;

/** The one text that a streamed choice adds, where that is all it does. */
export function onlyGrowth(
  choice: JsonObject,
): { member: (typeof TEXTS)[number]; text: string } | undefined {
  const { delta } = choice;
  if (!isJsonObject(delta) || finishWord(choice['finish_reason']) !== undefined) return undefined;
  if (isJsonObject(choice['logprobs']) || isJsonObject(choice['usage'])) return undefined;
  if (OTHERS.some((member) => (delta[member] ?? null) !== null)) return undefined;
  let grown: { member: (typeof TEXTS)[number]; text: string } | undefined;
  for (const member of TEXTS) {
    const text = delta[member] ?? '';
    if (text === '') continue;
    if (typeof text !== 'string' || grown !== undefined) return undefined;
    grown = { member, text };
  }
  return grown;
}
