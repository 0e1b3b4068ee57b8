import { anthropicMessages, anthropicRateLimitHeaders } from '@inferway/wire';
import type { HttpAnswer } from '../../http/exchange.js';
import type { LimitName } from '../../limits/rate-limiter.js';
import { snapshotOf } from '../../limits/snapshot-of.js';
import { bearer } from '../bearer.js';
import type { Problem, Voice } from '../voice.js';

const LIMITED: Readonly<Record<LimitName, string>> = {
  requests: 'requests',
  tokens: 'tokens',
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
};

/** Error types by status (platform.claude.com, "Errors"). */
const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** Anthropic's errors, limits and ids (platform.claude.com, "Errors" and "Rate limits"). */
export const anthropicVoice: Voice = {
  protocol: 'anthropic',
  requestIdHeader: 'request-id',
  requestId: (unique) => `req_sim${unique}`,
  answerId: (unique) => `msg_${unique.slice(4)}`,
  // Where both are sent, `x-api-key` wins.
  credential: (headers) => {
    const key = headers['x-api-key'];
    return typeof key === 'string' && key !== '' ? key : bearer(headers);
  },
  refuse,
  streamError: (problem, requestId) =>
    `event: error\ndata: ${JSON.stringify(refuse(problem, requestId).body)}\n\n`,
  limitHeaders: (states, wallTime) => anthropicRateLimitHeaders(snapshotOf(states), wallTime),
  ping: 'event: ping\ndata: {"type": "ping"}\n\n',
};

function refuse(problem: Problem, requestId: string): HttpAnswer {
  const answer = (status: number, type: string, message: string): HttpAnswer => ({
    status,
    body: { type: 'error', error: { type, message }, request_id: requestId },
  });
  switch (problem.kind) {
    case 'missing-key':
      return answer(401, 'authentication_error', 'x-api-key header is required');
    case 'wrong-key':
      return answer(401, 'authentication_error', 'invalid x-api-key');
    case 'malformed-json':
      return answer(400, 'invalid_request_error', 'The request body is not valid JSON.');
    case 'too-large':
      return answer(413, 'request_too_large', 'Request exceeds the maximum size');
    case 'unknown-route':
      return answer(404, 'not_found_error', 'Not found');
    case 'unknown-model':
    case 'wrong-operation':
      return answer(404, 'not_found_error', `model: ${problem.model}`);
    case 'invalid':
      return { status: 400, body: anthropicMessages.encodeError(problem.error, requestId) };
    case 'refused':
      return problem.answer;
    case 'context-length':
      return answer(
        400,
        'invalid_request_error',
        `prompt is too long: ${problem.tokens} tokens > ${problem.limit} maximum`,
      );
    case 'rate-limit':
      return {
        ...answer(
          429,
          'rate_limit_error',
          `This request would exceed the rate limit of ${problem.state?.limit ?? 50} ${LIMITED[problem.state?.name ?? 'requests']} per minute (simulated).`,
        ),
        headers: { 'retry-after': String(Math.max(1, Math.ceil(problem.retryAfterMs / 1000))) },
      };
    case 'quota':
      return answer(402, 'billing_error', 'The credit balance is too low (simulated).');
    case 'server':
      return answer(500, 'api_error', 'Internal server error');
    case 'status': {
      const { status } = problem;
      const message = `Simulated failure with status ${status}.`;
      const other = status < 500 ? 'invalid_request_error' : 'api_error';
      return answer(status, TYPES[status] ?? other, message);
    }
    case 'overloaded':
      return answer(529, 'overloaded_error', 'Overloaded');
  }
}
