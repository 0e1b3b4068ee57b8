import type {
  AssistantPart,
  ChatEvent,
  ChatRequest,
  ChatResult,
  Tool,
  Usage,
} from '@inferway/core';
import { expectMatch, expectTrue } from '../expect.js';
import type { Bench, Got } from '../provider/bench.js';
import { benched, type Check } from '../provider/check.js';
import { expected, expectUsage } from '../provider/expected.js';
import { eventsOf } from '../provider/events.js';
import { chatSample, CHAT_USAGE, textResult } from '../samples/chat.js';
import { shapes, type Subject } from '../provider/subject.js';
import { refused } from './refused.js';

const CITY: Tool = {
  name: 'weather',
  description: 'The weather of a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer' } },
    required: ['city'],
  },
};
const TOOLS: ChatRequest = { ...chatSample.request, tools: [CITY, { name: 'time' }] };

const call = (id: string, args: object, name = 'weather'): AssistantPart => ({
  type: 'tool-call',
  id,
  name,
  arguments: JSON.stringify(args),
});

const said = (
  content: readonly AssistantPart[],
  unified: ChatResult['finishReason']['unified'] = 'stop',
): ChatResult => ({
  ...textResult(''),
  message: { role: 'assistant', content },
  finishReason: { unified },
});

interface Case {
  readonly request: ChatRequest;
  readonly result: ChatResult;
  readonly usage?: Usage;
  /** The setting that an adapter without this feature refuses. */
  readonly setting?: string;
}

const text = (words: string): AssistantPart => ({ type: 'text', text: words });

const CASES: Readonly<Record<string, Case>> = {
  'one tool call': {
    request: TOOLS,
    result: said([call('call_1', { city: 'Zürich', days: 2 })], 'tool-calls'),
    setting: 'tools',
  },
  'text and two tool calls of one tool': {
    request: TOOLS,
    result: said(
      [text('Let me look.'), call('call_1', { city: 'Łódź' }), call('call_2', { city: '東京' })],
      'tool-calls',
    ),
    setting: 'tools',
  },
  'a tool call without arguments': {
    request: TOOLS,
    result: said([call('call_1', {}, 'time')], 'tool-calls'),
    setting: 'tools',
  },
  'arguments with quotes, line ends and depth': {
    request: TOOLS,
    result: said(
      [call('call_1', { city: 'a "b"\n\\c\u2028', more: { list: [1, [2, { x: null }]] } })],
      'tool-calls',
    ),
    setting: 'tools',
  },
  'reasoning before the text': {
    request: { ...chatSample.request, reasoning: { effort: 'low' } },
    result: said([{ type: 'reasoning', text: 'The user wants… 🤔' }, text('Here you are.')]),
    setting: 'reasoning',
  },
  'reasoning before a tool call': {
    request: { ...TOOLS, reasoning: { effort: 'low' } },
    result: said(
      [{ type: 'reasoning', text: 'I need the weather.' }, call('call_1', { city: 'Oslo' })],
      'tool-calls',
    ),
    setting: 'tools',
  },
  'an answer cut by its length': {
    request: chatSample.request,
    result: said([text('Once upon')], 'length'),
  },
  'usage with its parts': {
    request: chatSample.request,
    result: said([text('Yes.')]),
    usage: { inputTokens: 100, outputTokens: 50, cacheReadTokens: 60 },
  },
  'two choices': {
    request: { ...chatSample.request, choices: 2 },
    result: {
      ...said([text('Heads.')]),
      alternatives: [
        {
          message: { role: 'assistant', content: [text('Tails.')] },
          finishReason: { unified: 'stop' },
        },
      ],
    },
    setting: 'choices',
  },
};

/** What a chat can answer besides plain text. A feature that the adapter does not take must be refused or warned of, not dropped. */
export function chatAnswers(subject: Subject): readonly Check[] {
  if (subject.operation !== 'chat') return [];
  const { silent = [] } = subject.script;
  const mute = silent.includes('finish-reason');
  const partless = silent.includes('usage-parts');
  return Object.entries(CASES)
    .filter(([, { result }]) => !(mute && result.finishReason.unified === 'length'))
    .filter(([, { usage }]) => !(partless && usage !== undefined))
    .flatMap(([name, { request, result, usage = CHAT_USAGE, setting }]) => [
      ...shapes(subject).map((stream) =>
        benched(`${name}, ${stream ? 'streamed' : 'unary'}`, subject, async (bench) => {
          if (setting !== undefined && (await refused(bench, request, setting))) return;
          answerWith(bench, stream, { result, usage });
          const got = await bench.ask(stream, { request });
          compare(subject, got, { result, usage });
        }),
      ),
      ...(setting === 'tools' && subject.script.stream !== undefined && name === 'one tool call'
        ? [cutCall(subject, request, result)]
        : []),
    ]);
}

function answerWith(
  bench: Bench,
  stream: boolean,
  answer: { result: ChatResult; usage: Usage },
): void {
  if (stream) bench.answerStream(eventsOf(bench.subject, answer as never));
  else bench.answerUnary(answer as never);
}

function compare(subject: Subject, got: Got, answer: { result: ChatResult; usage: Usage }): void {
  expectMatch(
    simple(got.result as never, subject),
    simple(expected(subject, answer as never) as never, subject),
    'the result',
  );
  expectUsage(got.usage, subject, answer as never);
}

/** The parts as far as any protocol can tell them: arguments as JSON, no opaque values. */
function simple(result: ChatResult, subject: Subject): unknown {
  const { silent = [] } = subject.script;
  const nameless = silent.includes('call-id');
  const mute = silent.includes('finish-reason');
  const partsOf = (content: ChatResult['message']['content']): unknown =>
    content.map((part) => {
      if (part.type === 'text' || part.type === 'reasoning')
        return { type: part.type, text: part.text };
      if (part.type !== 'tool-call') return part;
      const { type, id, name, arguments: args } = part;
      return { type, name, arguments: JSON.parse(args) as unknown, ...(nameless ? {} : { id }) };
    });
  return {
    content: partsOf(result.message.content),
    finish: mute ? undefined : result.finishReason.unified,
    alternatives: (result.alternatives ?? []).map(({ message }) => partsOf(message.content)),
  };
}

function cutCall(subject: Subject, request: ChatRequest, result: ChatResult): Check {
  return benched(
    'F03: a tool call whose arguments break off is an interruption, and no call',
    subject,
    async (bench) => {
      if (await refused(bench, request, 'tools')) return;
      const events = eventsOf(subject, { result } as never) as readonly ChatEvent[];
      const begun = events.flatMap((event): ChatEvent[] => {
        if (event.type === 'tool-call-delta')
          return [{ ...event, arguments: event.arguments.slice(0, 9) }];
        if (event.type !== 'part-start' || event.part.type !== 'tool-call') return [event];
        return [{ ...event, part: { ...event.part, arguments: event.part.arguments.slice(0, 9) } }];
      });
      bench.answerStream(begun.filter(({ type }) => !['part-end', 'finish', 'end'].includes(type)));
      const error = await bench.failure(true, { request });
      expectMatch(error, { code: 'stream_interrupted' }, 'the error');
      expectTrue(
        !(JSON.stringify(error.partial) ?? '').includes('tool-call'),
        'the call is not in error.partial',
      );
    },
  );
}
