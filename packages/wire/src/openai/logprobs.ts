import type { JsonObject, JsonValue, TokenLogprob } from '@inferway/core';
import { defined } from '../json-body.js';
import { asList, asNumber, asObject, asObjects, asString } from '../lenient.js';

/** A choice's `logprobs`: of the text, or of the refusal; also Together's parallel lists. Undefined where there are none. */
export function readLogprobs(raw: JsonValue | undefined): TokenLogprob[] | undefined {
  const logprobs = asObject(raw);
  if (logprobs === undefined) return undefined;
  const content = asObjects(logprobs['content']);
  const tokens = [...content, ...asObjects(logprobs['refusal'])].flatMap((entry) =>
    readToken(entry),
  );
  if (tokens.length === 0) tokens.push(...readLists(logprobs));
  return tokens.length === 0 ? undefined : tokens;
}

function readToken(entry: JsonObject): TokenLogprob[] {
  const token = asString(entry['token']);
  const logprob = asNumber(entry['logprob']);
  if (token === undefined || logprob === undefined) return [];
  const bytes = entry['bytes'];
  const top = asObjects(entry['top_logprobs']).flatMap((other) => readToken(other));
  return [
    defined({
      token,
      logprob,
      bytes:
        bytes === null ? null : Array.isArray(bytes) ? (bytes as readonly number[]) : undefined,
      top: top.length === 0 ? undefined : top,
    }),
  ];
}

function readLists(logprobs: JsonObject): TokenLogprob[] {
  const values = asList(logprobs['token_logprobs']);
  return asList(logprobs['tokens']).flatMap((token, index) => {
    const logprob = asNumber(values[index]);
    return typeof token === 'string' && logprob !== undefined ? [{ token, logprob }] : [];
  });
}

export function writeLogprobs(logprobs: readonly TokenLogprob[]): JsonObject {
  return { content: logprobs.map((token) => writeToken(token)), refusal: null };
}

function writeToken({ token, logprob, bytes, top }: TokenLogprob): JsonObject {
  return {
    token,
    logprob,
    bytes: bytes ?? null,
    top_logprobs: (top ?? []).map((other) => ({
      token: other.token,
      logprob: other.logprob,
      bytes: other.bytes ?? null,
    })),
  };
}
