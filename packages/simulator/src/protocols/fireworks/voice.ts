import type { HttpAnswer } from '../../http/exchange.js';
import type { LimitName, LimitState } from '../../limits/rate-limiter.js';
import { openaiVoice } from '../openai/voice.js';
import type { Problem, Voice } from '../voice.js';

/** Fireworks' errors, limits and times (docs.fireworks.ai, "Inference error codes", "Rate limits"). */
export const fireworksVoice: Voice = {
  ...openaiVoice,
  protocol: 'fireworks',
  requestId: (unique) => `fw-sim-${unique}`,
  answerId: (requestId) => requestId.slice(3),
  refuse,
  streamError: (problem, requestId) =>
    `data: ${JSON.stringify(refuse(problem, requestId).body)}\n\n`,
  limitHeaders,
  answerHeaders: (elapsedMs) => ({
    'fireworks-server-time-to-first-token': (elapsedMs / 1000).toFixed(3),
    'fireworks-server-processing-time': (elapsedMs / 1000).toFixed(3),
    'fireworks-deployment': 'accounts/fireworks/deployments/simulated',
  }),
};

const LIMITS: Readonly<Partial<Record<LimitName, string>>> = {
  requests: 'requests',
  inputTokens: 'tokens-prompt',
  outputTokens: 'tokens-generated',
};

function limitHeaders(states: readonly LimitState[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { name, limit, remaining } of states) {
    const what = LIMITS[name];
    if (what === undefined) continue;
    headers[`x-ratelimit-limit-${what}`] = String(limit);
    headers[`x-ratelimit-remaining-${what}`] = String(remaining);
    headers['x-ratelimit-over-limit'] = 'no';
  }
  return headers;
}

function refuse(problem: Problem, requestId: string): HttpAnswer {
  switch (problem.kind) {
    case 'missing-key':
    case 'wrong-key':
      return failure(401, 'The API key you provided is invalid.', 'UNAUTHORIZED');
    case 'unknown-model':
    case 'wrong-operation':
      return failure(404, 'Model not found, inaccessible, and/or not deployed', 'NOT_FOUND');
    case 'context-length':
      return failure(
        400,
        `The prompt is too long: ${problem.tokens}, model maximum context length: ${problem.limit}`,
        'invalid_request_error',
      );
    case 'rate-limit':
      return failure(429, 'rate limit exceeded, please try again later', 'rate_limit_exceeded');
    case 'quota':
      return failure(
        412,
        'Account simulated is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.',
        'PRECONDITION_FAILED',
      );
    case 'overloaded':
      return failure(503, 'Service overloaded, please try again later (simulated)', 'UNAVAILABLE');
    default:
      return openaiVoice.refuse(problem, requestId);
  }
}

function failure(status: number, message: string, code: string): HttpAnswer {
  return {
    status,
    body: { error: { object: 'error', type: 'invalid_request_error', code, message } },
  };
}
