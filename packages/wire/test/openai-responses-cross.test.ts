import {
  foldChat,
  messageText,
  messageToolCalls,
  unfoldChat,
  type AssistantMessage,
  type ChatResult,
  type JsonObject,
  type Message,
  type ToolCallPart,
} from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anthropicMessages,
  openaiChat,
  openaiResponses,
  type Format,
  type OpenAIResponsesDialect,
} from '../src/index.js';
import { decodeStream } from './decode-stream.js';
import { foreignOpaque } from './openai-chat-request-arbitrary.js';
import { chatResult } from './openai-chat-result-arbitrary.js';
import { responsesResult } from './openai-responses-arbitraries.js';
import { word } from './openai-arbitraries.js';

/** An answer of one protocol as input of another: a provider's to another provider, or through a gateway to a client and back. */

const AS = { id: 'resp_gw', model: 'shown', created: 7 };
const user: Message = { role: 'user', content: 'Go on' };

function overTheWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** A conversation in which every call of the answer has its result. */
function conversation(message: AssistantMessage): Message[] {
  const results = messageToolCalls(message).map(({ id }) => ({
    type: 'tool-result' as const,
    id,
    content: `result ${id}`,
  }));
  return [user, message, results.length === 0 ? user : { role: 'tool', content: results }];
}

/** What `format`'s own server reads of an answer that is sent to it. */
function sentTo(
  format: Pick<Format<'chat'>, 'encodeRequest' | 'decodeRequest'>,
  message: AssistantMessage,
  dialect?: object,
): Message[] {
  const body = format.encodeRequest(
    { messages: conversation(message) },
    { model: 'm', stream: false, provider: 'p', dialect, warn: () => undefined },
  );
  return [...format.decodeRequest(overTheWire(body)).request.messages];
}

function callsOf(messages: readonly Message[]): object[] {
  return messages
    .flatMap((message) => messageToolCalls(message))
    .map(({ id, name, arguments: text }) => ({ id, name, input: JSON.parse(text) as unknown }));
}

/** All that was said, refusals and spoken words included, for these become text in some protocols. */
function words(message: Message): string {
  if (typeof message.content === 'string') return message.content;
  return message.content
    .map((part) => {
      if (part.type === 'text' || part.type === 'refusal') return part.text;
      return part.type === 'audio' ? (part.transcript ?? '') : '';
    })
    .join('');
}

describe('An answer of another protocol', () => {
  it.each<[string, OpenAIResponsesDialect]>([
    ['encrypted reasoning alone', {}],
    ['all reasoning as words', { reasoningInput: 'text' }],
    ['everything', { reasoningInput: 'portable' }],
  ])('is taken as input of Responses, by servers that take %s', (_what, dialect) => {
    fc.assert(
      fc.property(chatResult, ({ message }) => {
        const messages = sentTo(openaiResponses, message, dialect);
        expect(callsOf(messages)).toEqual(callsOf([message]));
        const said = messages.filter(({ role }) => role === 'assistant').map(words);
        expect(said.join('')).toBe(words(message));
        const reasoning = messages.flatMap(({ content }) =>
          typeof content === 'string' ? [] : content.filter(({ type }) => type === 'reasoning'),
        );
        if (dialect.reasoningInput === undefined) expect(reasoning).toEqual([]);
      }),
    );
  });

  it('of Responses is taken as input of Chat Completions', () => {
    fc.assert(
      fc.property(responsesResult, ({ message }) => {
        const messages = sentTo(openaiChat, message);
        expect(callsOf(messages)).toEqual(callsOf([message]));
        expect(words(messages[1] as Message)).toContain(messageText(message));
      }),
    );
  });

  it('of Responses is taken as input of Anthropic Messages', () => {
    fc.assert(
      fc.property(responsesResult, ({ message }) => {
        const messages = sentTo(anthropicMessages, message);
        expect(callsOf(messages)).toEqual(callsOf([message]));
      }),
    );
  });
});

describe('An answer of any origin, shown to a client of Responses', () => {
  const call: fc.Arbitrary<ToolCallPart> = fc
    .tuple(word, word, fc.option(foreignOpaque))
    .map(([id, name, opaque]) => ({
      type: 'tool-call',
      id,
      name,
      arguments: '{}',
      ...(opaque === null ? {} : { opaque }),
    }));
  const shown: fc.Arbitrary<ChatResult> = fc
    .uniqueArray(
      fc.oneof(
        fc.string({ minLength: 1 }).map((text) => ({ type: 'text' as const, text })),
        fc.record({
          type: fc.constant('reasoning' as const),
          text: fc.string(),
          opaque: foreignOpaque,
        }),
        call,
      ),
      {
        minLength: 1,
        maxLength: 6,
        selector: (part) => (part.type === 'tool-call' ? part.id : part),
      },
    )
    .map((content) => ({
      message: { role: 'assistant', content },
      finishReason: { unified: 'stop' },
    }));

  it.each([false, true])('comes back whole, signatures included (streamed: %s)', (streamed) => {
    fc.assert(
      fc.property(shown, (result) => {
        let output: unknown;
        if (streamed) {
          const wire = openaiResponses.streamEncoder(AS).encode(unfoldChat(result, undefined));
          const last = wire.slice(wire.lastIndexOf('data: ') + 6);
          output = (JSON.parse(last) as { response: { output: unknown } }).response.output;
          const fold = foldChat();
          for (const event of decodeStream(openaiResponses, wire).events) fold.add(event);
          expect(messageText(fold.result().message)).toBe(messageText(result.message));
        } else output = openaiResponses.encodeResponse({ result }, AS)['output'];
        const input = [{ role: 'user', content: 'Hi' }, ...(output as JsonObject[])];
        const { request } = openaiResponses.decodeRequest(overTheWire({ model: 'm', input }));
        expect(request.messages[1]).toEqual(result.message);
      }),
    );
  });
});
