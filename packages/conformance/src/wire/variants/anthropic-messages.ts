import type { ChatRequest } from '@inferway/core';
import type { WireVariant } from '../wire-variant.js';

type ChatVariant = WireVariant<'chat'>;
type Call = readonly [id: string, args: string, name?: string];

const TOOLS: ChatRequest = {
  messages: [{ role: 'user', content: 'Weather in Oslo and Rome?' }],
  tools: [{ name: 'weather', parameters: { type: 'object' } }, { name: 'time' }],
};

const event = (type: string, more: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;

const start = (usage: object = { input_tokens: 9, output_tokens: 1 }): string =>
  event('message_start', {
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [],
      stop_reason: null,
      usage,
    },
  });
const open = (index: number, content_block: object): string =>
  event('content_block_start', { index, content_block });
const grow = (index: number, delta: object): string =>
  event('content_block_delta', { index, delta });
const close = (index: number): string => event('content_block_stop', { index });
const end = (
  stop_reason: string,
  usage: object | undefined = { output_tokens: 4 },
): readonly string[] => [
  event('message_delta', {
    delta: { stop_reason, stop_sequence: null },
    ...(usage === undefined ? {} : { usage }),
  }),
  event('message_stop'),
];

const tool = (id: string, input: object = {}, name = 'weather'): object => ({
  type: 'tool_use',
  id,
  name,
  input,
});
const json = (partial_json: string): object => ({ type: 'input_json_delta', partial_json });
const HELLO = [
  open(0, { type: 'text', text: '' }),
  grow(0, { type: 'text_delta', text: 'Hello' }),
  close(0),
];
const TEXT = { message: { content: [{ type: 'text' as const, text: 'Hello' }] } };

const called = (
  name: string,
  frames: readonly string[],
  ...expected: readonly Call[]
): ChatVariant => ({
  name: `F31: tool calls: ${name}`,
  request: TOOLS,
  stream: true,
  answer: [start(), ...frames, ...end('tool_use')],
  result: {
    message: {
      content: expected.map(([id, args, toolName = 'weather']) => ({
        type: 'tool-call' as const,
        id,
        name: toolName,
        arguments: args,
      })),
    },
    finishReason: { unified: 'tool-calls' },
  },
});

const said = (
  name: string,
  answer: readonly string[],
  usage: ChatVariant['usage'],
): ChatVariant => ({
  name,
  stream: true,
  answer,
  result: TEXT,
  usage,
});

const OSLO = '{"city":"Oslo"}';
const ROME = '{"city":"Rome"}';

/** Answers as servers of Anthropic's Messages are known to write them. */
export const anthropicMessagesForms: readonly ChatVariant[] = [
  called(
    'the input in pieces, the first one empty',
    [
      open(0, tool('a')),
      grow(0, json('')),
      grow(0, json('{"city":')),
      grow(0, json('"Oslo"}')),
      close(0),
    ],
    ['a', OSLO],
  ),
  called(
    'the input in one piece',
    [open(0, tool('a')), grow(0, json(OSLO)), close(0)],
    ['a', OSLO],
  ),
  called(
    'the input whole at the start',
    [open(0, tool('a', { city: 'Oslo' })), close(0)],
    ['a', OSLO],
  ),
  called('no input at all', [open(0, tool('a', {}, 'time')), close(0)], ['a', '{}', 'time']),
  called(
    'two calls, one after the other',
    [
      open(0, tool('a')),
      grow(0, json(OSLO)),
      close(0),
      open(1, tool('b')),
      grow(1, json(ROME)),
      close(1),
    ],
    ['a', OSLO],
    ['b', ROME],
  ),
  called(
    'two calls, interleaved',
    [
      open(0, tool('a')),
      open(1, tool('b')),
      grow(0, json('{"city":')),
      grow(1, json('{"city":')),
      grow(0, json('"Oslo"}')),
      grow(1, json('"Rome"}')),
      close(0),
      close(1),
    ],
    ['a', OSLO],
    ['b', ROME],
  ),
  called(
    'indexes with gaps',
    [
      open(2, tool('a')),
      grow(2, json(OSLO)),
      close(2),
      open(5, tool('b')),
      grow(5, json(ROME)),
      close(5),
    ],
    ['a', OSLO],
    ['b', ROME],
  ),
  said('usage: counted at the start and at the end', [start(), ...HELLO, ...end('end_turn')], {
    inputTokens: 9,
    outputTokens: 4,
  }),
  said(
    'usage: input counted again at the end',
    [
      start({ input_tokens: 0, output_tokens: 0 }),
      ...HELLO,
      ...end('end_turn', { input_tokens: 9, output_tokens: 4 }),
    ],
    { inputTokens: 9, outputTokens: 4 },
  ),
  said(
    'usage: with cached tokens, which are part of the input',
    [
      start({
        input_tokens: 3,
        cache_read_input_tokens: 4,
        cache_creation_input_tokens: 2,
        output_tokens: 1,
      }),
      ...HELLO,
      ...end('end_turn'),
    ],
    { inputTokens: 9, outputTokens: 4, cacheReadTokens: 4, cacheWriteTokens: 2 },
  ),
  said(
    'F23: pings, unknown events and unknown deltas are skipped',
    [
      start(),
      event('ping'),
      event('weather_report', { fine: true }),
      open(0, { type: 'text', text: '' }),
      grow(0, { type: 'weather_delta', fine: true }),
      grow(0, { type: 'text_delta', text: 'Hello' }),
      event('ping'),
      close(0),
      ...end('end_turn'),
    ],
    { inputTokens: 9, outputTokens: 4 },
  ),
  said(
    'F15: [DONE] after the end is nobody’s',
    [start(), ...HELLO, ...end('end_turn'), 'data: [DONE]\n\n'],
    { inputTokens: 9, outputTokens: 4 },
  ),
  {
    name: 'F18: the answer was cut by its length',
    stream: true,
    answer: [start(), ...HELLO, ...end('max_tokens')],
    result: { ...TEXT, finishReason: { unified: 'length' } },
  },
  {
    name: 'thinking with its signature, and thinking that is not shown',
    stream: true,
    answer: [
      start(),
      open(0, { type: 'thinking', thinking: '', signature: '' }),
      grow(0, { type: 'thinking_delta', thinking: 'Hm…' }),
      grow(0, { type: 'signature_delta', signature: 'c2ln' }),
      close(0),
      open(1, { type: 'redacted_thinking', data: 'cmVk' }),
      close(1),
      open(2, { type: 'text', text: 'Hello' }),
      close(2),
      ...end('end_turn'),
    ],
    result: {
      message: {
        content: [
          { type: 'reasoning', text: 'Hm…' },
          { type: 'reasoning', text: '' },
          { type: 'text', text: 'Hello' },
        ],
      },
    },
  },
  {
    name: 'F01: everything but message_stop is an interruption',
    stream: true,
    answer: [start(), ...HELLO, ...end('end_turn').slice(0, 1)],
    error: 'stream_interrupted',
  },
];
