import type { AssistantPart, ChatRequest, Message } from '@inferway/core';
import { expectMatch, expectTrue } from '../expect.js';
import { benched, type Check } from '../provider/check.js';
import { eventsOf } from '../provider/events.js';
import { expected } from '../provider/expected.js';
import { shapes, type Subject } from '../provider/subject.js';
import { chatSample, CHAT_USAGE, textResult } from '../samples/chat.js';
import { refused } from './refused.js';

const TOOLS: ChatRequest = {
  ...chatSample.request,
  tools: [
    { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  ],
};
const CALLING: readonly AssistantPart[] = [
  { type: 'text', text: 'Let me look.' },
  { type: 'tool-call', id: 'call_abc123', name: 'weather', arguments: '{"city":"Oslo"}' },
];
const SUNNY = 'sunny and 21 degrees';

/** Messages that other wire formats have answered with: opaque parts of theirs must not be in the way. */
const FOREIGN = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'a-foreign-format',
] as const;

const foreignParts = (format: string): readonly AssistantPart[] => [
  {
    type: 'reasoning',
    text: 'I need the weather.',
    opaque: { format, value: { signature: 'c2lnbmF0dXJl', id: 'rs_1' } },
  },
  {
    type: 'provider',
    format,
    kind: 'server_tool_use',
    value: { type: 'server_tool_use', id: 'srv_1' },
  },
  { type: 'text', text: 'Let me look.', opaque: { format, value: 'x' } },
  {
    type: 'tool-call',
    id: 'call_abc123',
    name: 'weather',
    arguments: '{"city":"Oslo"}',
    opaque: { format, value: { thought: 'dGhvdWdodA==' } },
  },
];

const conversation = (message: Message): ChatRequest => ({
  ...TOOLS,
  messages: [
    ...chatSample.request.messages,
    message,
    {
      role: 'tool',
      content: [{ type: 'tool-result', id: 'call_abc123', name: 'weather', content: SUNNY }],
    },
    { role: 'user', content: 'And tomorrow?' },
  ],
});

/** What a model said is taken back as it is, whoever it was. */
export function feedback(subject: Subject): readonly Check[] {
  if (subject.operation !== 'chat') return [];
  const answer = {
    result: {
      ...textResult(''),
      message: { role: 'assistant', content: CALLING },
      finishReason: { unified: 'tool-calls' },
    },
    usage: CHAT_USAGE,
  };
  return [
    ...shapes(subject).map((stream) =>
      benched(
        `its own ${stream ? 'streamed' : 'unary'} answer is taken back as input, unchanged`,
        subject,
        async (bench) => {
          const withTools = !(await refused(bench, TOOLS, 'tools'));
          if (!withTools) bench.answerSample(stream);
          else if (stream) bench.answerStream(eventsOf(subject, answer as never));
          else bench.answerUnary(answer as never);
          const first = await bench.ask(stream, withTools ? { request: TOOLS } : {});
          const message = first.result['message'] as Message;
          const kept = structuredClone(message);
          bench.answerUnary();
          const request: ChatRequest = withTools
            ? { ...TOOLS, messages: [...TOOLS.messages, message, toolMessage(message)] }
            : {
                ...chatSample.request,
                messages: [
                  ...chatSample.request.messages,
                  message,
                  { role: 'user', content: 'More.' },
                ],
              };
          const second = await bench.ask(false, { request });
          expectMatch(second.result, expected(subject, subject.sample.answer), 'the second answer');
          expectMatch(message, kept, 'the message');
          const body = bench.stage.calls.at(-1)?.requests[0]?.body ?? '';
          if (withTools)
            expectTrue(body.includes(SUNNY), 'the tool’s answer is in the second request');
        },
      ),
    ),
    ...FOREIGN.map((format) =>
      benched(
        `an answer that ${format} gave is taken as input, calls and results included`,
        subject,
        async (bench) => {
          if (await refused(bench, TOOLS, 'tools')) return;
          bench.answerUnary();
          const message: Message = { role: 'assistant', content: foreignParts(format) };
          await bench.ask(false, { request: conversation(message) });
          const body = bench.stage.call.requests[0]?.body ?? '';
          for (const words of ['Let me look.', SUNNY, 'Oslo', 'And tomorrow?']) {
            expectTrue(body.includes(words), `"${words}" is in the request`);
          }
          if (format === 'a-foreign-format') {
            for (const opaque of ['c2lnbmF0dXJl', 'dGhvdWdodA==', 'srv_1']) {
              expectTrue(
                !body.includes(opaque),
                'what only the other format understands is not sent',
              );
            }
          }
        },
      ),
    ),
  ];
}

function toolMessage(message: Message): Message {
  const parts = message.content as readonly AssistantPart[];
  const called = parts.find((part) => part.type === 'tool-call');
  expectTrue(called !== undefined, 'the answer has its tool call');
  return { role: 'tool', content: [{ type: 'tool-result', id: called.id, content: SUNNY }] };
}
