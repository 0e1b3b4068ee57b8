import {
  formatScript,
  jsonAnswer,
  jsonOf,
  rawScript,
  testProvider,
  type WireScript,
} from '@inferway/conformance';
import { openaiChat, tgiGenerate } from '@inferway/wire';
import { deepEqual, ok } from 'node:assert/strict';
import { describe, it } from 'vitest';
import { createTgi } from '../src/index.js';

const native = formatScript(tgiGenerate);

/** Input tokens of a whole answer stand in a header, and the path says whether it is streamed. */
const complete: WireScript<'complete'> = {
  ...native,
  unary: (answer, call) =>
    native.unary(answer, call).map((told) => ({
      ...told,
      headers: { 'x-prompt-tokens': String(answer.usage?.inputTokens ?? '') },
    })),
  checkRequest(request, { stream }) {
    const body = jsonOf(request) as { inputs?: unknown; stream?: unknown };
    ok(typeof body.inputs === 'string', 'a prompt as "inputs"');
    deepEqual(request.path.endsWith('/generate_stream'), stream, 'the path of the shape');
  },
  // Too many requests are an overload in its words.
  failureCodes: ['overloaded', 'server', 'invalid_request'],
  // Answers have no ids.
  silent: ['id'],
};

const chatTokenize: WireScript<'countTokens'> = {
  name: 'tgi-chat-tokenize',
  operation: 'countTokens',
  unary: ({ result }) => [
    jsonAnswer({
      tokenize_response: (result.tokens ?? Array.from({ length: result.inputTokens }, () => 0)).map(
        (id) => ({ id, text: 'x', start: 0, stop: 1 }),
      ),
      templated_text: '',
    }),
  ],
  error: ({ message }) => ({ error: message, error_type: 'validation' }),
  unaryFailure: ({ message }) => [jsonAnswer({ error: message, error_type: 'validation' })],
  failureCodes: [],
  silent: ['usage'],
};

testProvider(createTgi, {
  operations: ['chat', 'complete', 'countTokens', 'raw'],
  model: 'tgi',
  wire: { chat: openaiChat, complete, countTokens: chatTokenize, raw: rawScript },
  models: {
    answer: () => jsonAnswer({ model_id: 'a/b', max_total_tokens: 4096 }),
    ids: ['a/b'],
  },
  runner: { describe, it },
});
