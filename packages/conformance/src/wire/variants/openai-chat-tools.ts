import type { ChatRequest } from '@inferway/core';
import { completion, delta, DONE, finish, type ChatVariant } from './openai-chat-frames.js';

const REQUEST: ChatRequest = {
  messages: [{ role: 'user', content: 'Weather in Oslo and Rome?' }],
  tools: [{ name: 'weather', parameters: { type: 'object' } }, { name: 'time' }],
};

type Call = readonly [id: string, args: string, name?: string];

const calls = (...entries: readonly object[]): string => delta({ tool_calls: entries });

const streamed = (
  name: string,
  frames: readonly string[],
  ...expected: readonly Call[]
): ChatVariant => ({
  name: `F31: tool calls: ${name}`,
  request: REQUEST,
  stream: true,
  answer: [...frames, finish('tool_calls'), DONE],
  result: {
    message: {
      content: expected.map(([id, args, tool = 'weather']) => ({
        type: 'tool-call' as const,
        ...(id === '' ? {} : { id }),
        name: tool,
        arguments: args,
      })),
    },
    finishReason: { unified: 'tool-calls' },
  },
});

const open = (index: number, id: string, args = '', name = 'weather'): object => ({
  index,
  id,
  type: 'function',
  function: { name, arguments: args },
});
const more = (index: number, args: string): object => ({ index, function: { arguments: args } });

const OSLO = '{"city":"Oslo"}';
const ROME = '{"city":"Rome"}';

/** Deltas of tool calls as servers of Chat Completions are known to write them. */
export const openaiChatTools: readonly ChatVariant[] = [
  streamed(
    'the id in the first delta only',
    [calls(open(0, 'a')), calls(more(0, '{"city":')), calls(more(0, '"Oslo"}'))],
    ['a', OSLO],
  ),
  streamed(
    'the id in every delta',
    [calls(open(0, 'a', '{"city":')), calls({ ...more(0, '"Oslo"}'), id: 'a' })],
    ['a', OSLO],
  ),
  streamed(
    'an empty id and a null name in later deltas',
    [
      calls(open(0, 'a', '{"city":')),
      calls({ index: 0, id: '', type: 'function', function: { name: null, arguments: '"Oslo"}' } }),
    ],
    ['a', OSLO],
  ),
  streamed(
    'no index',
    [
      calls({ id: 'a', type: 'function', function: { name: 'weather', arguments: OSLO } }),
      calls({ id: 'b', type: 'function', function: { name: 'weather', arguments: ROME } }),
    ],
    ['a', OSLO],
    ['b', ROME],
  ),
  streamed(
    'every call with index 0',
    [calls(open(0, 'a', OSLO)), calls(open(0, 'b', ROME))],
    ['a', OSLO],
    ['b', ROME],
  ),
  streamed(
    'indexes that begin at 1',
    [calls(open(1, 'a', OSLO)), calls(open(2, 'b', ROME))],
    ['a', OSLO],
    ['b', ROME],
  ),
  streamed('arguments whole in one delta', [calls(open(0, 'a', OSLO))], ['a', OSLO]),
  streamed(
    'arguments as an object',
    [calls({ ...open(0, 'a'), function: { name: 'weather', arguments: { city: 'Oslo' } } })],
    ['a', OSLO],
  ),
  streamed('empty arguments', [calls(open(0, 'a', '', 'time'))], ['a', '{}', 'time']),
  streamed(
    'no arguments at all',
    [calls({ index: 0, id: 'a', type: 'function', function: { name: 'time' } })],
    ['a', '{}', 'time'],
  ),
  streamed(
    'two calls in one delta',
    [calls(open(0, 'a', OSLO), open(1, 'b', ROME))],
    ['a', OSLO],
    ['b', ROME],
  ),
  streamed(
    'parallel calls, their arguments interleaved',
    [
      calls(open(0, 'a')),
      calls(open(1, 'b')),
      calls(more(0, '{"city":')),
      calls(more(1, '{"city":')),
      calls(more(0, '"Oslo"}')),
      calls(more(1, '"Rome"}')),
    ],
    ['a', OSLO],
    ['b', ROME],
  ),
  streamed(
    'the name after the id',
    [
      calls({ index: 0, id: 'a', type: 'function', function: { arguments: '' } }),
      calls({ index: 0, function: { name: 'weather', arguments: OSLO } }),
    ],
    ['a', OSLO],
  ),
  streamed(
    'no id',
    [calls({ index: 0, type: 'function', function: { name: 'weather', arguments: OSLO } })],
    ['', OSLO],
  ),
  {
    ...streamed('finish reason "stop"', [], ['a', OSLO]),
    answer: [calls(open(0, 'a', OSLO)), finish('stop'), DONE],
    result: {
      message: { content: [{ type: 'tool-call', id: 'a', name: 'weather', arguments: OSLO }] },
    },
  },
  {
    name: 'F31: tool calls: arguments as an object in a whole answer',
    request: REQUEST,
    stream: false,
    answer: [
      completion({
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'weather', arguments: { city: 'Oslo' } } },
        ],
      }),
    ],
    result: {
      message: { content: [{ type: 'tool-call', id: 'a', name: 'weather', arguments: OSLO }] },
    },
  },
];
