import type { ChatRequest } from '@inferway/core';
import type { WireVariant } from '../wire-variant.js';

type ChatVariant = WireVariant<'chat'>;

const TOOLS: ChatRequest = {
  messages: [{ role: 'user', content: 'Weather in Oslo and Rome?' }],
  tools: [{ name: 'weather', parameters: { type: 'object' } }],
};

const event = (type: string, more: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;

const response = (status: string, output: readonly object[], more: object = {}): object => ({
  response: {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    model: 'm',
    status,
    output,
    ...more,
  },
});
const USAGE = { input_tokens: 9, output_tokens: 4, total_tokens: 13 };
const started = event('response.created', response('in_progress', []));
const completed = (output: readonly object[], usage: object | undefined = USAGE): string =>
  event('response.completed', response('completed', output, { usage }));

const call = (id: string, args: string): object => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: id,
  name: 'weather',
  arguments: args,
  status: 'completed',
});
const added = (index: number, item: object): string =>
  event('response.output_item.added', { output_index: index, item });
const done = (index: number, item: object): string =>
  event('response.output_item.done', { output_index: index, item });
const args = (index: number, id: string, delta: string): string =>
  event('response.function_call_arguments.delta', {
    output_index: index,
    item_id: `fc_${id}`,
    delta,
  });

const MESSAGE = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
};
const part = { item_id: 'msg_1', output_index: 0, content_index: 0 };
const TEXT_FRAMES = [
  added(0, { ...MESSAGE, status: 'in_progress', content: [] }),
  event('response.content_part.added', {
    ...part,
    part: { type: 'output_text', text: '', annotations: [] },
  }),
  event('response.output_text.delta', { ...part, delta: 'Hel' }),
  event('response.output_text.delta', { ...part, delta: 'lo' }),
  event('response.output_text.done', { ...part, text: 'Hello' }),
  event('response.content_part.done', { ...part, part: MESSAGE.content[0] }),
  done(0, MESSAGE),
];
const TEXT = { message: { content: [{ type: 'text' as const, text: 'Hello' }] } };

const OSLO = '{"city":"Oslo"}';
const ROME = '{"city":"Rome"}';

const called = (
  name: string,
  frames: readonly string[],
  ...expected: readonly (readonly [id: string, text: string])[]
): ChatVariant => ({
  name: `F31: tool calls: ${name}`,
  request: TOOLS,
  stream: true,
  answer: [started, ...frames, completed(expected.map(([id, text]) => call(id, text)))],
  result: {
    message: {
      content: expected.map(([id, text]) => ({
        type: 'tool-call' as const,
        id,
        name: 'weather',
        arguments: text,
      })),
    },
    finishReason: { unified: 'tool-calls' },
  },
});

/** Several calls at once, and where servers of the Responses API put the count of tokens. */
export const openaiResponsesCounts: readonly ChatVariant[] = [
  called(
    'arguments in pieces',
    [
      added(0, call('a', '')),
      args(0, 'a', '{"city":'),
      args(0, 'a', '"Oslo"}'),
      done(0, call('a', OSLO)),
    ],
    ['a', OSLO],
  ),
  called(
    'arguments only with the finished item',
    [added(0, call('a', '')), done(0, call('a', OSLO))],
    ['a', OSLO],
  ),
  called(
    'two calls, interleaved',
    [
      added(0, call('a', '')),
      added(1, call('b', '')),
      args(0, 'a', '{"city":'),
      args(1, 'b', '{"city":'),
      args(0, 'a', '"Oslo"}'),
      args(1, 'b', '"Rome"}'),
      done(0, call('a', OSLO)),
      done(1, call('b', ROME)),
    ],
    ['a', OSLO],
    ['b', ROME],
  ),
  {
    name: 'usage: with cached and reasoning tokens',
    stream: true,
    answer: [
      started,
      ...TEXT_FRAMES,
      completed([MESSAGE], {
        ...USAGE,
        input_tokens_details: { cached_tokens: 5 },
        output_tokens_details: { reasoning_tokens: 3 },
      }),
    ],
    result: TEXT,
    usage: { inputTokens: 9, outputTokens: 4, cacheReadTokens: 5, reasoningTokens: 3 },
  },
  {
    name: 'usage: F16: missing is unknown, not 0',
    stream: true,
    answer: [
      started,
      ...TEXT_FRAMES,
      event('response.completed', response('completed', [MESSAGE])),
    ],
    result: TEXT,
    usage: null,
  },
];
