import type { HttpAnswer } from '../../http/exchange.js';
import { bearer } from '../bearer.js';
import { openaiVoice } from '../openai/voice.js';
import type { Problem, Voice } from '../voice.js';

const TYPES: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  401: 'AuthenticationError',
  404: 'NotFoundError',
  422: 'UnprocessableEntityError',
  429: 'RateLimitError',
  501: 'NotImplementedError',
  503: 'ServiceUnavailableError',
};

/** vLLM's errors and ids (`vllm/entrypoints`). Without `keys` a server of its own asks for none. */
export const vllmVoice: Voice = {
  ...openaiVoice,
  protocol: 'vllm',
  requestId: (unique) => `sim${unique}`,
  answerId: (requestId) => `chatcmpl-${requestId}`,
  credential: (headers) => bearer(headers) ?? 'none',
  refuse,
  streamError: (problem) => `data: ${JSON.stringify(refuse(problem).body)}\n\n`,
  limitHeaders: () => ({}),
  answerHeaders: () => ({}),
};

function refuse(problem: Problem): HttpAnswer {
  switch (problem.kind) {
    case 'missing-key':
    case 'wrong-key':
      return { status: 401, body: { error: 'Unauthorized' } };
    case 'unknown-model':
      return failure(404, `The model \`${problem.model}\` does not exist.`, 'model');
    case 'wrong-operation':
      return failure(400, `The model does not support this API`, 'model');
    case 'context-length':
      return failure(
        400,
        `This model's maximum context length is ${problem.limit} tokens. However, your request has ${problem.tokens} input tokens. Please reduce the length of the input messages.`,
        'input_tokens',
      );
    case 'unknown-route':
      return { status: 404, body: { detail: 'Not Found' } };
    case 'overloaded':
      return failure(503, 'The engine is asleep or overloaded (simulated).');
    default: {
      const { status, headers, body } = openaiVoice.refuse(problem, '');
      const { error } = body as { error?: { message?: unknown; param?: unknown } };
      const answer = failure(status, String(error?.message), error?.param ?? null);
      return headers === undefined ? answer : { ...answer, headers };
    }
  }
}

function failure(status: number, message: string, param: unknown = null): HttpAnswer {
  const type = TYPES[status] ?? 'InternalServerError';
  return { status, body: { error: { message, type, param, code: status } } };
}
