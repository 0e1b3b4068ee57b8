import type { CompleteLogprobs, JsonObject, JsonValue } from '@inferway/core';
import { defined } from '../json-body.js';
import { asList, asNumber, asObject, asString } from '../lenient.js';

/** A choice's `logprobs`: parallel lists with an entry for each token. Undefined where there are none. */
export function readLogprobs(raw: JsonValue | undefined): CompleteLogprobs | undefined {
  const logprobs = asObject(raw);
  const tokens = asList(logprobs?.['tokens']).map((token) => asString(token) ?? '');
  if (logprobs === undefined || tokens.length === 0) return undefined;
  const values = asList(logprobs['token_logprobs']);
  const tops = logprobs['top_logprobs'];
  const offsets = logprobs['text_offset'];
  return defined({
    tokens,
    tokenLogprobs: tokens.map((_token, index) => asNumber(values[index]) ?? null),
    topLogprobs: Array.isArray(tops)
      ? tokens.map((_token, index) => readTop((tops as readonly JsonValue[])[index]))
      : undefined,
    textOffset: Array.isArray(offsets)
      ? tokens.map((_token, index) => asNumber((offsets as readonly JsonValue[])[index]) ?? 0)
      : undefined,
  });
}

function readTop(raw: JsonValue | undefined): Record<string, number> | null {
  const top = asObject(raw);
  if (top === undefined) return null;
  return Object.fromEntries(
    Object.entries(top).flatMap(([token, value]) => {
      const logprob = asNumber(value);
      return logprob === undefined ? [] : [[token, logprob]];
    }),
  );
}

export function writeLogprobs(logprobs: CompleteLogprobs | undefined): JsonObject | null {
  if (logprobs === undefined) return null;
  return defined({
    tokens: logprobs.tokens,
    token_logprobs: logprobs.tokenLogprobs,
    top_logprobs: logprobs.topLogprobs,
    text_offset: logprobs.textOffset,
  });
}
