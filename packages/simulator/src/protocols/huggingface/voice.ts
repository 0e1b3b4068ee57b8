import type { HttpAnswer } from '../../http/exchange.js';
import { openaiError, openaiVoice } from '../openai/voice.js';
import type { Problem, Voice } from '../voice.js';

/** The router's errors; what it passes on from a provider is in OpenAI's shape. */
export const huggingfaceVoice: Voice = {
  ...openaiVoice,
  protocol: 'huggingface',
  requestId: (unique) => `Root=sim-${unique}`,
  answerId: (requestId) => `chatcmpl-${requestId.slice(9)}`,
  refuse,
  streamError: (problem) => `data: ${JSON.stringify(refuse(problem).body)}\n\n`,
};

function refuse(problem: Problem): HttpAnswer {
  switch (problem.kind) {
    case 'missing-key':
    case 'wrong-key':
      return { status: 401, body: { error: 'Invalid username or password.' } };
    case 'unknown-model':
    case 'wrong-operation':
      return notSupported(
        `The requested model '${problem.model}' is not supported by any provider you have enabled.`,
      );
    case 'unknown-route':
      return { status: 404, body: { error: `Not Found: ${problem.path}` } };
    case 'quota':
      return {
        status: 402,
        body: {
          error:
            'You have depleted your monthly included credits. Purchase pre-paid credits to continue using Inference Providers.',
        },
      };
    case 'rate-limit':
      // Passed on from a provider, mostly without any word on when to come back.
      return { ...openaiError(problem), headers: {} };
    default:
      return openaiError(problem);
  }
}

/** The router's refusal of a model or of a provider for it. */
export function notSupported(message: string): HttpAnswer {
  const error = {
    message,
    type: 'invalid_request_error',
    param: 'model',
    code: 'model_not_supported',
  };
  return { status: 400, body: { error } };
}
