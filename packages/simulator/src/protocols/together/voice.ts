import type { HttpAnswer } from '../../http/exchange.js';
import type { LimitState } from '../../limits/rate-limiter.js';
import { openaiVoice } from '../openai/voice.js';
import type { Problem, Voice } from '../voice.js';

/** Together's errors, limits and ids (docs.together.ai, "Error codes" and "Rate limits"; its own client). */
export const togetherVoice: Voice = {
  ...openaiVoice,
  protocol: 'together',
  requestId: (unique) => `together-sim${unique}`,
  answerId: (requestId) => `o${requestId.slice(12)}-sim-CDG`,
  refuse,
  streamError: (problem, requestId) =>
    `data: ${JSON.stringify(refuse(problem, requestId).body)}\n\n`,
  limitHeaders,
  // Seen on answers that are no errors.
  answerHeaders: () => ({ 'retry-after': '2' }),
};

// Requests and tokens a second; when both are whole again is one header.
function limitHeaders(states: readonly LimitState[]): Record<string, string> {
  const headers: Record<string, string> = {};
  let resetMs = 0;
  for (const { name, limit, remaining, resetMs: own } of states) {
    const stem = name === 'requests' ? 'x-ratelimit' : name === 'tokens' ? 'x-tokenlimit' : '';
    if (stem === '') continue;
    headers[`${stem}-limit`] = String(limit);
    headers[`${stem}-remaining`] = String(remaining);
    resetMs = Math.max(resetMs, own);
  }
  if (Object.keys(headers).length > 0) {
    headers['x-ratelimit-reset'] = String(Math.ceil(resetMs / 1000));
  }
  return headers;
}

function refuse(problem: Problem, requestId: string): HttpAnswer {
  switch (problem.kind) {
    case 'unknown-model':
    case 'wrong-operation':
      return failure(requestId, 404, {
        message: `Unable to access model ${problem.model}. Please visit https://api.together.ai/models to view the list of supported models.`,
        type: 'invalid_request_error',
        code: 'model_not_available',
      });
    case 'context-length':
      return failure(requestId, 422, {
        message: `Input validation error: \`inputs\` tokens + \`max_new_tokens\` must be <= ${problem.limit}. Given: ${problem.tokens} \`inputs\` tokens`,
        type: 'invalid_request_error',
      });
    case 'rate-limit': {
      const limited = problem.state?.name === 'tokens' ? 'token' : 'request';
      const answer = failure(requestId, 429, {
        message: 'Your rate is above the current dynamic limit for this model (simulated).',
        type: 'rate_limit',
        error_type: `dynamic_${limited}_limited`,
      });
      // No retry-after: the limits' own header says when to come back.
      const seconds = String(Math.max(1, Math.ceil(problem.retryAfterMs / 1000)));
      return { ...answer, headers: { 'x-ratelimit-reset': seconds } };
    }
    case 'overloaded':
      return failure(requestId, 503, {
        message: 'The server is overloaded or not ready yet (simulated).',
        type: 'service_unavailable',
      });
    case 'quota':
      return failure(requestId, 402, {
        message:
          'Credit limit exceeded, please visit https://api.together.ai/settings/billing (simulated).',
        type: 'credit_limit',
      });
    default: {
      const { status, headers, body } = openaiVoice.refuse(problem, requestId);
      return { status, headers, body: { id: requestId, ...(body as object) } };
    }
  }
}

function failure(id: string, status: number, error: object): HttpAnswer {
  return { status, body: { id, error: { param: null, code: null, ...error } } };
}
