import type { HttpAnswer } from '../../http/exchange.js';
import type { LimitState } from '../../limits/rate-limiter.js';
import { bearer } from '../bearer.js';
import type { Problem, Voice } from '../voice.js';

/** Replicate's errors, limits and ids (replicate.com/docs, "Rate limits" and "HTTP API"; its answers to Hugging Face's client). */
export const replicateVoice: Voice = {
  protocol: 'replicate',
  requestIdHeader: 'x-request-id',
  requestId: (unique) => `sim-${unique}`,
  answerId: (requestId) => requestId,
  credential: bearer,
  refuse: (problem) => replicateError(problem),
  streamError: (problem) =>
    `event: error\ndata: ${JSON.stringify({ detail: detailOf(replicateError(problem)) })}\n\n`,
  limitHeaders,
  ping: ': keep-alive\n\n',
};

/** A refusal in the shape of RFC 9457. */
export function problemAnswer(
  status: number,
  title: string | undefined,
  detail: string,
  more: object = {},
): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: { ...(title === undefined ? {} : { title }), detail, status, ...more },
  };
}

function replicateError(problem: Problem): HttpAnswer {
  switch (problem.kind) {
    case 'missing-key':
      return problemAnswer(
        401,
        'Unauthenticated',
        'You did not pass an authentication token (simulated).',
      );
    case 'wrong-key':
      return problemAnswer(
        401,
        'Unauthenticated',
        'You did not pass a valid authentication token (simulated).',
      );
    case 'malformed-json':
      return problemAnswer(400, 'Bad request', 'The request body is not valid JSON.');
    case 'too-large':
      return problemAnswer(413, 'Payload too large', 'The request body is too large.');
    case 'unknown-route':
    case 'unknown-model':
      return problemAnswer(404, undefined, 'The requested resource could not be found.');
    case 'wrong-operation':
      return problemAnswer(422, 'Unprocessable Entity', 'The model cannot be used in this way.');
    case 'invalid':
      return problemAnswer(422, 'Input validation failed', problem.error.message);
    case 'refused':
      return problem.answer;
    case 'context-length':
      return problemAnswer(
        422,
        'Input validation failed',
        `The input has ${problem.tokens} tokens, and the model takes ${problem.limit}.`,
      );
    case 'rate-limit':
      return throttled(problem.retryAfterMs);
    case 'quota':
      return problemAnswer(
        402,
        'Insufficient credit',
        'You have insufficient credit to run this model (simulated).',
      );
    case 'status':
      return problemAnswer(
        problem.status,
        undefined,
        `Simulated failure with status ${problem.status}.`,
      );
    case 'server':
      return problemAnswer(500, 'Internal server error', 'Something went wrong (simulated).');
    case 'overloaded':
      return problemAnswer(503, 'Service unavailable', 'There is no capacity now (simulated).');
  }
}

function throttled(retryAfterMs: number): HttpAnswer {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  const answer = problemAnswer(
    429,
    undefined,
    `Request was throttled. Your rate limit resets in ~${seconds}s.`,
    { retry_after: seconds },
  );
  return {
    ...answer,
    headers: {
      'content-type': 'application/json',
      'retry-after': String(seconds),
      'ratelimit-remaining': '0',
      'ratelimit-reset': String(seconds),
    },
  };
}

/** `ratelimit-remaining` and `ratelimit-reset`, in seconds. */
function limitHeaders(states: readonly LimitState[]): Record<string, string> {
  const requests = states.find(({ name }) => name === 'requests');
  if (requests === undefined) return {};
  return {
    'ratelimit-remaining': String(requests.remaining),
    'ratelimit-reset': String(Math.max(1, Math.ceil(requests.resetMs / 1000))),
  };
}

function detailOf({ body }: HttpAnswer): unknown {
  return (body as { detail?: unknown }).detail;
}
