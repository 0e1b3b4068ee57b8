import type { ErrorCode, JsonObject, Usage } from '@inferway/core';
import type { ChatVariant } from './openai-chat-frames.js';

const USAGE = { input_tokens: 9, output_tokens: 4, total_tokens: 13 };
const COUNTED: Usage = { inputTokens: 9, outputTokens: 4 };

const frame = (type: string, members: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;

const response = (status: string, output: readonly object[], more: object = {}): JsonObject => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'm',
  status,
  error: null,
  output: output as JsonObject[],
  usage: USAGE,
  ...more,
});

const CREATED = frame('response.created', { response: response('in_progress', []) });
const completed = (output: readonly object[]): string =>
  frame('response.completed', { response: response('completed', output) });

const message = (text: string): object => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
});
const opened = frame('response.output_item.added', {
  output_index: 0,
  item: { type: 'message', id: 'msg_1', role: 'assistant', status: 'in_progress', content: [] },
});
const textDelta = (delta: string): string =>
  frame('response.output_text.delta', {
    output_index: 0,
    content_index: 0,
    item_id: 'msg_1',
    delta,
  });

const CALL = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f' };
const callEvent = (type: string, args: string): string =>
  frame(`response.output_item.${type}`, { output_index: 0, item: { ...CALL, arguments: args } });

const HELLO = { message: { content: [{ type: 'text' as const, text: 'Hello' }] } };
const CALLED = {
  message: {
    content: [{ type: 'tool-call' as const, id: 'call_1', name: 'f', arguments: '{"a":1}' }],
  },
};

const streamed = (
  name: string,
  answer: readonly string[],
  result: ChatVariant['result'] = HELLO,
): ChatVariant => ({ name: `responses: ${name}`, stream: true, answer, result, usage: COUNTED });

const failing = (name: string, error: ErrorCode, answer: readonly string[]): ChatVariant => ({
  name: `responses: ${name}`,
  stream: true,
  answer,
  error,
});

/** The forms of answers that servers of the Responses API are known to have. */
export const openaiResponsesForms: readonly ChatVariant[] = [
  streamed('deltas, and an end without output', [
    CREATED,
    opened,
    textDelta('Hel'),
    textDelta('lo'),
    completed([]),
  ]),
  streamed('no deltas, only an item that is done', [
    CREATED,
    frame('response.output_item.done', { output_index: 0, item: message('Hello') }),
    completed([message('Hello')]),
  ]),
  streamed('nothing but the end', [completed([message('Hello')])]),
  streamed('a [DONE] after the end', [
    CREATED,
    opened,
    textDelta('Hello'),
    completed([message('Hello')]),
    'data: [DONE]\n\n',
  ]),
  streamed('events without names, and ones that nobody knows', [
    CREATED.replace(/^event: .*\n/u, ''),
    frame('response.new_thing.delta', { output_index: 7, delta: 'x' }),
    opened,
    textDelta('Hello').replace(/^event: .*\n/u, ''),
    completed([message('Hello')]),
  ]),
  streamed(
    'a call in pieces',
    [
      CREATED,
      callEvent('added', ''),
      frame('response.function_call_arguments.delta', { output_index: 0, delta: '{"a"' }),
      frame('response.function_call_arguments.delta', { output_index: 0, delta: ':1}' }),
      callEvent('done', '{"a":1}'),
      completed([{ ...CALL, arguments: '{"a":1}' }]),
    ],
    CALLED,
  ),
  streamed(
    'a call that comes whole',
    [CREATED, callEvent('added', '{"a":1}'), callEvent('done', '{"a":1}'), completed([])],
    CALLED,
  ),
  {
    name: 'responses: whole, cut by its limit',
    stream: false,
    answer: [
      JSON.stringify(
        response('incomplete', [message('Hello')], {
          incomplete_details: { reason: 'max_output_tokens' },
        }),
      ),
    ],
    result: { ...HELLO, finishReason: { unified: 'length' } },
    usage: COUNTED,
  },
  {
    name: 'responses: whole, failed inside a 200',
    stream: false,
    answer: [
      JSON.stringify(
        response('failed', [], { error: { code: 'rate_limit_exceeded', message: 'Slow down.' } }),
      ),
    ],
    error: 'rate_limit',
  },
  failing('a quota that ends inside a 200', 'billing', [
    CREATED,
    frame('error', {
      error: { type: 'insufficient_quota', code: 'insufficient_quota', message: 'No.' },
    }),
    frame('response.failed', { response: response('failed', []) }),
  ]),
  failing('an error event as the reference has it', 'server', [
    CREATED,
    frame('error', { code: 'server_error', message: 'No.', param: null }),
  ]),
  failing('failed at its end', 'server', [
    CREATED,
    opened,
    textDelta('Hel'),
    frame('response.failed', {
      response: response('failed', [], { error: { code: 'server_error', message: 'No.' } }),
    }),
  ]),
  failing('no end', 'stream_interrupted', [CREATED, opened, textDelta('Hel')]),
  failing('[DONE] instead of an end', 'stream_interrupted', [
    CREATED,
    opened,
    textDelta('Hel'),
    'data: [DONE]\n\n',
  ]),
];
