import { openaiChat, openaiRateLimitHeaders } from '@inferway/wire';
import type { HttpAnswer } from '../../http/exchange.js';
import { snapshotOf } from '../../limits/snapshot-of.js';
import { bearer } from '../bearer.js';
import type { Problem, Voice } from '../voice.js';

/** OpenAI's errors, limits and ids (developers.openai.com, "Error codes" and "Rate limits"). */
export const openaiVoice: Voice = {
  protocol: 'openai',
  requestIdHeader: 'x-request-id',
  requestId: (unique) => `req_sim${unique}`,
  answerId: (requestId) => `chatcmpl-${requestId.slice(4)}`,
  credential: bearer,
  refuse: (problem) => openaiError(problem),
  streamError: (problem) => `data: ${JSON.stringify(openaiError(problem).body)}\n\n`,
  limitHeaders: (states) => openaiRateLimitHeaders(snapshotOf(states)),
  answerHeaders: (elapsedMs) => ({ 'openai-processing-ms': String(Math.ceil(elapsedMs)) }),
  ping: ': keep-alive\n\n',
};

/** An error as OpenAI answers it. */
export function openaiError(problem: Problem): HttpAnswer {
  switch (problem.kind) {
    case 'missing-key':
      return failure(401, 'You did not provide an API key.', 'invalid_request_error');
    case 'wrong-key':
      return failure(
        401,
        `Incorrect API key provided: ${masked(problem.key)}.`,
        'invalid_request_error',
        'invalid_api_key',
      );
    case 'malformed-json':
      return failure(
        400,
        'We could not parse the JSON body of your request.',
        'invalid_request_error',
      );
    case 'too-large':
      return failure(413, 'The request body is too large.', 'invalid_request_error');
    case 'unknown-route':
      return failure(
        404,
        `Invalid URL (${problem.method} ${problem.path})`,
        'invalid_request_error',
      );
    case 'unknown-model':
      return failure(
        404,
        `The model \`${problem.model}\` does not exist or you do not have access to it.`,
        'invalid_request_error',
        'model_not_found',
      );
    case 'wrong-operation':
      return failure(
        404,
        `The model \`${problem.model}\` is not supported in this endpoint.`,
        'invalid_request_error',
        null,
        'model',
      );
    case 'invalid':
      return { status: 400, body: openaiChat.encodeError(problem.error, undefined) };
    case 'refused':
      return problem.answer;
    case 'context-length':
      return failure(
        400,
        `This model's maximum context length is ${problem.limit} tokens. However, your messages resulted in ${problem.tokens} tokens.`,
        'invalid_request_error',
        'context_length_exceeded',
        'messages',
      );
    case 'rate-limit':
      return rateLimited(problem);
    case 'quota':
      return failure(
        429,
        'You exceeded your current quota, please check your plan and billing details (simulated).',
        'insufficient_quota',
        'insufficient_quota',
      );
    case 'server':
      return failure(
        500,
        'The server had an error while processing your request (simulated).',
        'server_error',
      );
    case 'status':
      return ofStatus(problem.status);
    case 'overloaded':
      return failure(
        503,
        'That model is currently overloaded with other requests (simulated).',
        'server_error',
        'overloaded',
      );
  }
}

function ofStatus(status: number): HttpAnswer {
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  const message = `Simulated failure with status ${status}.`;
  switch (status) {
    case 401:
      return failure(status, message, type, 'invalid_api_key');
    case 403:
      return failure(status, message, 'request_forbidden', 'permission_denied');
    case 404:
      return failure(status, message, type, 'model_not_found');
    case 429:
      return failure(status, message, 'requests', 'rate_limit_exceeded');
    default:
      return failure(status, message, type);
  }
}

function rateLimited(problem: Extract<Problem, { kind: 'rate-limit' }>): HttpAnswer {
  const { state, retryAfterMs, model } = problem;
  const tokens = state !== undefined && state.name !== 'requests';
  const unit = tokens ? 'tokens per min (TPM)' : 'requests per min (RPM)';
  const limit = state?.limit ?? 3;
  const answer = failure(
    429,
    `Rate limit reached for ${model} on ${unit}: Limit ${limit}. Please try again in ${(retryAfterMs / 1000).toFixed(3)}s.`,
    tokens ? 'tokens' : 'requests',
    'rate_limit_exceeded',
  );
  return {
    ...answer,
    headers: {
      'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))),
      'retry-after-ms': String(Math.ceil(retryAfterMs)),
    },
  };
}

function failure(
  status: number,
  message: string,
  type: string,
  code: string | null = null,
  param: string | null = null,
): HttpAnswer {
  return { status, body: { error: { message, type, param, code } } };
}

/** A key as OpenAI repeats it: its two ends. */
function masked(key: string): string {
  return key.length < 12 ? '***' : `${key.slice(0, 3)}***${key.slice(-4)}`;
}
