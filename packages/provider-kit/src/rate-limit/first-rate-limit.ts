import type { RateLimitSnapshot } from '@inferway/core';
import { ietfRateLimit } from './ietf-rate-limit.js';
import { openaiRateLimit } from './openai-rate-limit.js';
import type { RateLimitParser } from './rate-limit-parser.js';

/** For headers that may be of several kinds, as behind a router: each limit as the first of the parsers has it that finds it. */
export function firstRateLimit(...parsers: readonly RateLimitParser[]): RateLimitParser {
  return (headers, now) => {
    let all: RateLimitSnapshot | undefined;
    for (const parse of parsers) {
      const found = parse(headers, now);
      if (found !== undefined) all = all === undefined ? found : { ...found, ...all };
    }
    return all;
  };
}

/** What a proxy or a router may send, whatever stands behind it: OpenAI's names, else the IETF's. */
export const proxyRateLimit: RateLimitParser = firstRateLimit(openaiRateLimit, ietfRateLimit);
