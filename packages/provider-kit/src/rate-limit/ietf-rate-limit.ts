import { headerValue } from '../transport/header-record.js';
import { headerCount, limitWindow, type RateLimitParser } from './rate-limit-parser.js';

/**
 * The IETF drafts (draft-ietf-httpapi-ratelimit-headers): `ratelimit-limit`, `-remaining`, `-reset` in seconds, and the newer
 * `ratelimit: "api";r=0;t=123` with its `ratelimit-policy: "fixed window";"api";q=500;w=300`. Hugging Face's Hub and Replicate.
 */
export const ietfRateLimit: RateLimitParser = (headers) => {
  const limit = headerCount(headers['ratelimit-limit']);
  const remaining = headerCount(headers['ratelimit-remaining']);
  const reset = headerCount(headers['ratelimit-reset']);
  const split = limitWindow(limit, remaining, reset === undefined ? undefined : reset * 1000);
  if (split !== undefined) return { requests: split };

  const state = headerValue(headers, 'ratelimit');
  if (state === undefined) return undefined;
  const left = parameter(state, 'r');
  const seconds = parameter(state, 't');
  const quota = parameter(headerValue(headers, 'ratelimit-policy') ?? '', 'q');
  const joined = limitWindow(quota, left, seconds === undefined ? undefined : seconds * 1000);
  return joined === undefined ? undefined : { requests: joined };
};

const PARAMETER = {
  r: /;\s*r=(\d+)/u,
  t: /;\s*t=(\d+)/u,
  q: /;\s*q=(\d+)/u,
} as const;

function parameter(text: string, name: keyof typeof PARAMETER): number | undefined {
  const value = PARAMETER[name].exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}
