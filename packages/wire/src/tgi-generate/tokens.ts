import type { CompleteLogprobs, JsonObject, JsonValue } from '@inferway/core';
import { asNumber, asObjects, asString } from '../lenient.js';

/** The text that a token adds: special ones (`</s>`) add none. */
export function tokenText(token: JsonObject | undefined): string {
  return token === undefined || token['special'] === true ? '' : (asString(token['text']) ?? '');
}

/** The log probabilities of tokens with their alternatives beside them; undefined where none is told. */
export function readLogprobs(
  tokens: readonly JsonObject[],
  tops: readonly JsonValue[],
): CompleteLogprobs | undefined {
  const told = tokens
    .map((token, index) => ({ token, top: tops[index] }))
    .filter(({ token }) => token['special'] !== true);
  if (!told.some(({ token }) => asNumber(token['logprob']) !== undefined)) return undefined;
  return {
    tokens: told.map(({ token }) => tokenText(token)),
    tokenLogprobs: told.map(({ token }) => asNumber(token['logprob']) ?? null),
    ...(tops.length === 0 ? {} : { topLogprobs: told.map(({ top }) => readTop(top)) }),
  };
}

function readTop(raw: JsonValue | undefined): Record<string, number> | null {
  const pairs = asObjects(raw).flatMap((token): [string, number][] => {
    const logprob = asNumber(token['logprob']);
    return logprob === undefined ? [] : [[asString(token['text']) ?? '', logprob]];
  });
  return pairs.length === 0 ? null : Object.fromEntries(pairs);
}

/** Tokens as the protocol writes them. Their ids are the model's own and not known here. */
export function writeTokens(logprobs: CompleteLogprobs): JsonObject[] {
  return logprobs.tokens.map((text, index) => writeToken(text, logprobs.tokenLogprobs[index]));
}

export function writeToken(text: string, logprob?: number | null, special = false): JsonObject {
  return { id: special ? 2 : 0, text, logprob: logprob ?? null, special };
}

/** The alternatives of each token; undefined where there are none. */
export function writeTops({ tokens, topLogprobs }: CompleteLogprobs): JsonObject[][] | undefined {
  if (topLogprobs === undefined) return undefined;
  return tokens.map((_token, index) =>
    Object.entries(topLogprobs[index] ?? {}).map(([text, logprob]) => writeToken(text, logprob)),
  );
}
