import type { HttpAnswer } from '../../http/exchange.js';
import { bearer } from '../bearer.js';
import { openaiVoice } from '../openai/voice.js';
import type { Problem, Voice } from '../voice.js';

/** TGI's errors and headers (router/src/server.rs and infer/mod.rs). Without `keys` a server of its own asks for none. */
export const tgiVoice: Voice = {
  ...openaiVoice,
  protocol: 'tgi',
  requestId: (unique) => `sim${unique}`,
  // The server gives its answers no ids.
  answerId: () => '',
  credential: (headers) => bearer(headers) ?? 'none',
  refuse,
  // In chats an error has another form than everywhere else.
  streamError(problem) {
    const { error } = refuse(problem).body as { error: string };
    return `data: ${JSON.stringify({ error: { message: error, http_status_code: 422 } })}\n\n`;
  },
  limitHeaders: () => ({}),
  answerHeaders(elapsedMs, { stream, usage }) {
    const common = { 'x-compute-type': 'simulated', 'x-compute-characters': '0' };
    if (stream) return { ...common, 'x-accel-buffering': 'no' };
    const ms = Math.ceil(elapsedMs);
    const generated = usage.outputTokens ?? 0;
    return {
      ...common,
      'x-compute-time': String(elapsedMs / 1000),
      'x-total-time': String(ms),
      'x-validation-time': '0',
      'x-queue-time': '0',
      'x-inference-time': String(ms),
      'x-time-per-token': String(Math.floor(ms / Math.max(1, generated))),
      'x-prompt-tokens': String(usage.inputTokens ?? 0),
      'x-generated-tokens': String(generated),
    };
  },
};

/** Native streams tell their errors as `{error, error_type}`, and those of a bad request in a stream too, with status 200. */
export const tgiStreamVoice: Voice = {
  ...tgiVoice,
  refuse(problem) {
    const answer = refuse(problem);
    if (answer.status !== 422 && answer.status !== 429) return answer;
    return {
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: `data:${JSON.stringify(answer.body)}\n\n`,
    };
  },
  streamError: (problem) => `data:${JSON.stringify(refuse(problem).body)}\n\n`,
};

function refuse(problem: Problem): HttpAnswer {
  switch (problem.kind) {
    case 'missing-key':
    case 'wrong-key':
      return { status: 401, body: '' };
    case 'malformed-json':
      return { status: 422, body: 'Failed to deserialize the JSON body into the target type' };
    case 'unknown-route':
      return { status: 404, body: '' };
    case 'unknown-model':
      return failure(404, 'Model not found', 'model_not_found');
    case 'wrong-operation':
      return failure(422, 'Template error: template not found', 'template_error');
    case 'invalid':
      return failure(422, `Input validation error: ${problem.error.message}`, 'validation');
    case 'context-length':
      return failure(
        422,
        `Input validation error: \`inputs\` tokens + \`max_new_tokens\` must be <= ${problem.limit}. Given: ${problem.tokens} \`inputs\` tokens and 1 \`max_new_tokens\``,
        'validation',
      );
    case 'rate-limit':
    case 'overloaded':
      return failure(429, 'Model is overloaded', 'overloaded');
    case 'server':
      return failure(424, 'Request failed during generation: simulated', 'generation');
    default: {
      const { status, headers, body } = openaiVoice.refuse(problem, '');
      const { error } = body as { error?: { message?: unknown } };
      const answer = failure(status, String(error?.message), 'generation');
      return headers === undefined ? answer : { ...answer, headers };
    }
  }
}

function failure(status: number, error: string, type: string): HttpAnswer {
  return { status, body: { error, error_type: type } };
}
