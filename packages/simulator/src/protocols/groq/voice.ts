import type { HttpAnswer } from '../../http/exchange.js';
import { openaiVoice } from '../openai/voice.js';
import type { Problem, Voice } from '../voice.js';

/** Groq's errors and ids (console.groq.com, "Errors"; its own client). */
export const groqVoice: Voice = {
  ...openaiVoice,
  protocol: 'groq',
  requestId: (unique) => `req_01sim${unique}`,
  answerId: (requestId) => `chatcmpl-${requestId.slice(4)}`,
  refuse,
  streamError,
  answerHeaders: () => ({ 'x-groq-region': 'simulated' }),
};

function refuse(problem: Problem, requestId: string): HttpAnswer {
  switch (problem.kind) {
    case 'missing-key':
    case 'wrong-key':
      return failure(401, 'Invalid API Key', 'invalid_request_error', 'invalid_api_key');
    case 'unknown-model':
    case 'wrong-operation':
      return failure(
        404,
        `The model \`${problem.model}\` does not exist or you do not have access to it.`,
        'invalid_request_error',
        'model_not_found',
      );
    case 'context-length':
      return failure(
        400,
        'Please reduce the length of the messages or completion.',
        'invalid_request_error',
        'context_length_exceeded',
      );
    case 'overloaded':
      return failure(
        498,
        'The flex tier has no capacity for this request now (simulated).',
        'flex_tier_capacity_exceeded',
        'capacity_exceeded',
      );
    default:
      return openaiVoice.refuse(problem, requestId);
  }
}

/** Capacity that runs out in the middle of a stream is told beside the chunk, all else as an error of its own. */
function streamError(problem: Problem, requestId: string): string {
  if (problem.kind !== 'overloaded') {
    return `event: error\ndata: ${JSON.stringify(refuse(problem, requestId).body)}\n\n`;
  }
  const chunk = {
    id: `chatcmpl-${requestId.slice(4)}`,
    object: 'chat.completion.chunk',
    choices: [],
    x_groq: { id: requestId, error: 'over_capacity' },
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

function failure(status: number, message: string, type: string, code: string): HttpAnswer {
  return { status, body: { error: { message, type, code } } };
}
