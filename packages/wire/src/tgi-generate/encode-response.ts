import type { CompleteChoice, JsonObject, JsonValue, Usage } from '@inferway/core';
import type { Decoded, EncodeAs, StreamAs } from '../format.js';
import { defined } from '../json-body.js';
import { TGI_GENERATE } from './dialect.js';
import { finishWord } from './finish-word.js';
import { writeTokens, writeTops } from './tokens.js';

/** Canonical result to `{generated_text, details?}`; the details only for a caller that asked for them. */
export function encodeResponse(
  { result, usage }: Decoded<'complete'>,
  as: EncodeAs & StreamAs,
): JsonObject {
  if (as.form !== 'details') return { generated_text: result.text };
  const others = result.alternatives ?? [];
  const fields = result.passthrough?.format === TGI_GENERATE ? result.passthrough.fields : {};
  return {
    generated_text: result.text,
    details: defined({
      ...sequence(result, fields['seed'], tokensOfFirst(usage, others)),
      prefill: fields['prefill'] ?? [],
      best_of_sequences:
        others.length === 0
          ? undefined
          : others.map((choice) => ({
              generated_text: choice.text,
              ...sequence(choice, undefined, tokenCount(choice)),
              prefill: [],
            })),
    }),
  };
}

/** The tokens of the first answer: the usage is of all together, and the others are as long as their tokens. */
function tokensOfFirst(
  usage: Usage | undefined,
  others: readonly CompleteChoice[],
): number | undefined {
  if (usage?.outputTokens === undefined) return undefined;
  const beside = others.reduce((sum, choice) => sum + tokenCount(choice), 0);
  return Math.max(0, usage.outputTokens - beside);
}

function tokenCount({ logprobs }: CompleteChoice): number {
  return logprobs?.tokens.length ?? 0;
}

function sequence(
  choice: CompleteChoice,
  seed: JsonValue | undefined,
  generated: number | undefined,
): JsonObject {
  const { logprobs, finishReason } = choice;
  return defined({
    finish_reason: finishWord(finishReason),
    generated_tokens: generated,
    seed: seed ?? null,
    tokens: logprobs === undefined ? [] : writeTokens(logprobs),
    top_tokens: logprobs === undefined ? undefined : writeTops(logprobs),
  });
}
