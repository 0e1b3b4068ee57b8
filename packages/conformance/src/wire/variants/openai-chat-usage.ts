import type { Usage } from '@inferway/core';
import { chunk, completion, delta, DONE, finish, type ChatVariant } from './openai-chat-frames.js';

const USAGE = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };
const COUNTED: Usage = { inputTokens: 9, outputTokens: 4 };
const TEXT = { message: { content: [{ type: 'text' as const, text: 'Hello' }] } };
const HELLO = [delta({ role: 'assistant', content: 'Hel' }), delta({ content: 'lo' })];

const streamed = (name: string, answer: readonly string[], usage: Usage | null): ChatVariant => ({
  name: `usage: ${name}`,
  stream: true,
  answer,
  result: TEXT,
  usage,
});

/** Where servers of Chat Completions are known to put the count of tokens, and other forms of their answers. */
export const openaiChatUsage: readonly ChatVariant[] = [
  streamed(
    'F17: in a last chunk without choices',
    [...HELLO, finish('stop'), chunk({ choices: [], usage: USAGE }), DONE],
    COUNTED,
  ),
  streamed(
    'F17: in a last chunk whose choices are null',
    [...HELLO, finish('stop'), chunk({ choices: null, usage: USAGE }), DONE],
    COUNTED,
  ),
  streamed(
    'in the chunk with the finish reason',
    [
      ...HELLO,
      chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: USAGE }),
      DONE,
    ],
    COUNTED,
  ),
  streamed(
    'cumulative on every chunk',
    [
      chunk({
        choices: [{ index: 0, delta: { content: 'Hel' } }],
        usage: { prompt_tokens: 9, completion_tokens: 2 },
      }),
      chunk({
        choices: [{ index: 0, delta: { content: 'lo' } }],
        usage: { prompt_tokens: 9, completion_tokens: 3 },
      }),
      chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: USAGE }),
      DONE,
    ],
    COUNTED,
  ),
  streamed(
    'null on every chunk but the last',
    [
      chunk({ choices: [{ index: 0, delta: { content: 'Hello' } }], usage: null }),
      chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: null }),
      chunk({ choices: [], usage: USAGE }),
      DONE,
    ],
    COUNTED,
  ),
  streamed('F16: missing is unknown, not 0', [...HELLO, finish('stop'), DONE], null),
  streamed(
    'F16: null is unknown, not 0',
    [...HELLO, finish('stop'), chunk({ choices: [], usage: null }), DONE],
    null,
  ),
  streamed(
    'with cached and reasoning tokens',
    [
      ...HELLO,
      finish('stop'),
      chunk({
        choices: [],
        usage: {
          ...USAGE,
          prompt_tokens_details: { cached_tokens: 5 },
          completion_tokens_details: { reasoning_tokens: 3 },
        },
      }),
      DONE,
    ],
    { ...COUNTED, cacheReadTokens: 5, reasoningTokens: 3 },
  ),
  streamed('F18: the answer was cut by its length', [...HELLO, finish('length'), DONE], null),
  {
    name: 'usage: F16: missing in a whole answer is unknown, not 0',
    stream: false,
    answer: [completion({ content: 'Hello' })],
    result: TEXT,
    usage: null,
  },
  {
    name: 'F02: [DONE] without a finish reason',
    stream: true,
    answer: [...HELLO, DONE],
    result: { ...TEXT, finishReason: { unified: 'unknown' } },
  },
  {
    name: 'unknown chunks and members are skipped',
    stream: true,
    answer: [
      chunk({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] }),
      'data: {"type":"ping"}\n\n',
      delta({ role: 'assistant', content: '', weather: { fine: true } }),
      ...HELLO,
      finish('stop'),
      chunk({ choices: [], x_metrics: { speed: 1 } }),
      DONE,
    ],
    result: TEXT,
  },
  {
    name: 'F30: "__proto__" and "constructor" in a chunk change nothing',
    stream: true,
    answer: [
      'data: {"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"choices":[{"index":0,"delta":{"__proto__":{"polluted":1},"content":"Hello"}}]}\n\n',
      finish('stop'),
      DONE,
    ],
    result: TEXT,
  },
];
