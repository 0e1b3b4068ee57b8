// What Fireworks tells beside its answers: limits, times, and why it did not answer.
import { isJsonObject, type JsonObject } from '@inferway/core';
import {
  headerRateLimit,
  type ErrorRefinement,
  type HeaderRecord,
  type RateLimitParser,
} from '@inferway/provider-kit';

type Timings = Readonly<Record<string, number>>;

/** By the names that they have in headers (`fireworks-…`) and in a body's `perf_metrics`, all in seconds. */
const NAMES: Readonly<Record<string, string>> = {
  'server-time-to-first-token': 'firstToken',
  'server-processing-time': 'processing',
  'tokenizer-queue-duration': 'tokenizerQueue',
  'tokenizer-duration': 'tokenizer',
  'prefill-queue-duration': 'prefillQueue',
  'prefill-duration': 'prefill',
  'generation-queue-duration': 'generationQueue',
  'generation-duration': 'generation',
};

export function headerTimings(headers: HeaderRecord): Timings | undefined {
  return read((name) => headers[`fireworks-${name}`]);
}

export function bodyTimings({ perf_metrics: metrics }: JsonObject): Timings | undefined {
  return isJsonObject(metrics) ? read((name) => metrics[name]) : undefined;
}

function read(value: (name: string) => unknown): Timings | undefined {
  let found: Record<string, number> | undefined;
  for (const [name, ours] of Object.entries(NAMES)) {
    const told = value(name);
    // Some are told as text, also in bodies.
    const seconds = typeof told === 'string' && told !== '' ? Number(told) : told;
    if (typeof seconds === 'number' && seconds >= 0) (found ??= {})[ours] = seconds * 1000;
  }
  return found;
}

/**
 * Limits that grow and shrink with use (docs.fireworks.ai, "Rate limits"): requests, tokens of prompts (those not cached come closest to
 * the limit that is met first), tokens generated. None says when it is whole again.
 */
export const rateLimit: RateLimitParser = headerRateLimit({
  requests: [named('requests')],
  inputTokens: [named('tokens-prompt'), named('tokens-cache-adjusted-prompt')],
  outputTokens: [named('tokens-generated')],
});

function named(what: string): { limit: string; remaining: string } {
  return { limit: `x-ratelimit-limit-${what}`, remaining: `x-ratelimit-remaining-${what}` };
}

/** 412: the account is suspended, mostly for a bill; 404: no such model, or none that is deployed. */
export const refineError: ErrorRefinement = ({ message }, { status }) => {
  if (status === 412 || (message !== undefined && /account .{0,80}suspended/iu.test(message))) {
    return {
      code: 'billing',
      cure: 'The account is suspended: look at its billing and spend limits at app.fireworks.ai.',
    };
  }
  if (status === 404) {
    return {
      code: 'not_found',
      cure: 'Ids are "accounts/fireworks/models/<model>" or "accounts/<account>/deployments/<deployment>".',
    };
  }
  return undefined;
};
