import {
  headerRateLimit,
  type ErrorRefinement,
  type RateLimitParser,
} from '@inferway/provider-kit';

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
