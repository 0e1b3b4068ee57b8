import {
  foldChat,
  unfoldChat,
  type AssistantPart,
  type ChatRequest,
  type ChatResult,
  type JsonObject,
  type Message,
  type Usage,
} from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anthropicMessages,
  openaiChat,
  type AnthropicDialect,
  type Decoded,
  type OpenAIChatDialect,
} from '../src/index.js';
import { clean, text, toolCall, word } from './anthropic-part-arbitraries.js';
import { decodeStream, sourceOf } from './decode-stream.js';
import { target } from './anthropic-support.js';

/** What a gateway does: a caller's protocol on one side, a provider's on the other. */

const as = { id: 'gw_1', model: 'shown', created: 7, includeUsage: true };
const anthropicDialect: AnthropicDialect = { model: () => ({ systemTurns: true }) };
const openaiDialect: OpenAIChatDialect = {
  systemRole: 'as-given',
  reasoningInput: 'portable',
  cacheMarkers: 'cache_control',
};

function overTheWire<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** An answer as a client of the protocol has it after the gateway translated it, streamed or not. */
function throughAnthropic(result: ChatResult, usage: Usage, stream: boolean): Decoded<'chat'> {
  if (!stream)
    return anthropicMessages.decodeResponse(
      overTheWire(anthropicMessages.encodeResponse({ result, usage }, as)),
      sourceOf([]),
    );
  const wire = anthropicMessages.streamEncoder(as).encode(unfoldChat(result, usage));
  const { events, usage: counted, error } = decodeStream(anthropicMessages, wire);
  expect(error).toBeUndefined();
  const fold = foldChat();
  for (const event of events) fold.add(event);
  return { result: fold.result(), ...(counted === undefined ? {} : { usage: counted }) };
}

function throughOpenAI(result: ChatResult, usage: Usage, stream: boolean): Decoded<'chat'> {
  if (!stream)
    return openaiChat.decodeResponse(
      overTheWire(openaiChat.encodeResponse({ result, usage }, as)),
      sourceOf([]),
    );
  const wire = openaiChat.streamEncoder(as).encode(unfoldChat(result, usage));
  const { events, usage: counted, error } = decodeStream(openaiChat, wire);
  expect(error).toBeUndefined();
  const fold = foldChat();
  for (const event of events) fold.add(event);
  return { result: fold.result(), ...(counted === undefined ? {} : { usage: counted }) };
}

// Opaque values of any origin: they must reach their own provider again, whichever protocol the client speaks.
const opaque = fc.constantFrom(
  { format: 'anthropic-messages', value: { signature: 'c2lnbmF0dXJl' } },
  { format: 'openai-responses', value: { encrypted_content: 'ZW5j', id: 'rs_1' } },
  { format: 'gemini', value: 'dGhvdWdodA' },
);

const reasoning: fc.Arbitrary<AssistantPart> = fc
  .tuple(text, opaque)
  .map(([words, value]) => ({ type: 'reasoning', text: words, opaque: value }));

const plain: fc.Arbitrary<AssistantPart> = text.map((words) => ({ type: 'text', text: words }));

const call: fc.Arbitrary<AssistantPart> = toolCall.map((part) =>
  part.type === 'tool-call' ? clean({ ...part, opaque: undefined }) : part,
);

// A call may carry what its own provider alone needs back, as Gemini's do.
const signedCall: fc.Arbitrary<AssistantPart> = fc
  .tuple(call, fc.option(opaque, { nil: undefined }))
  .map(([part, value]) => (part.type === 'tool-call' ? clean({ ...part, opaque: value }) : part));

/** Reasoning, words, then several calls at once: the order that both protocols can say. */
function answerOf(calls: fc.Arbitrary<AssistantPart>): fc.Arbitrary<AssistantPart[]> {
  return fc
    .tuple(
      fc.option(reasoning, { nil: undefined }),
      fc.option(plain, { nil: undefined }),
      fc.uniqueArray(calls, { maxLength: 4, selector: (part) => ('id' in part ? part.id : '') }),
    )
    .map(([thought, words, calls]) =>
      [thought, words, ...calls].filter((part) => part !== undefined),
    )
    .filter((parts) => parts.some(({ type }) => type !== 'reasoning'));
}

const result: fc.Arbitrary<ChatResult> = fc
  .record({ id: word, model: word, content: answerOf(call) })
  .map(({ id, model, content }) => ({
    id,
    model,
    message: { role: 'assistant', content },
    finishReason: { unified: content.at(-1)?.type === 'tool-call' ? 'tool-calls' : 'stop' },
  }));

const usage: fc.Arbitrary<Usage> = fc
  .record({ plain: fc.nat(), read: fc.nat(), written: fc.nat(), out: fc.nat(), thought: fc.nat() })
  .map(({ plain: input, read, written, out, thought }) => ({
    inputTokens: input + read + written,
    outputTokens: out + thought,
    cacheReadTokens: read,
    cacheWriteTokens: written,
    reasoningTokens: thought,
  }));

function counts(value: Usage | undefined): Usage {
  const { raw: _raw, ...rest } = value ?? {};
  return rest;
}

const image: Message = {
  role: 'user',
  content: [
    { type: 'text', text: 'What is this?', cache: { ttl: '1h' } },
    { type: 'image', image: { type: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } },
    { type: 'image', image: { type: 'url', url: 'https://example.org/a.jpg' } },
  ],
};

describe('A chat that crosses between Chat Completions and Anthropic Messages', () => {
  for (const stream of [false, true]) {
    const how = stream ? 'streamed' : 'unary';

    it(`keeps an answer's parts, signatures and token counts for an Anthropic client, ${how}`, () => {
      fc.assert(
        fc.property(result, usage, (sent, used) => {
          // A provider of Chat Completions answered it.
          const provided = throughOpenAI(sent, used, stream);
          const shown = throughAnthropic(provided.result, provided.usage ?? {}, stream);
          expect(shown.result.message).toEqual(sent.message);
          expect(shown.result.finishReason.unified).toBe(sent.finishReason.unified);
          expect(counts(shown.usage)).toEqual(used);
        }),
      );
    });

    it(`keeps an answer's parts, signatures and token counts for a client of Chat Completions, ${how}`, () => {
      fc.assert(
        fc.property(result, usage, (sent, used) => {
          const provided = throughAnthropic(sent, used, stream);
          const shown = throughOpenAI(provided.result, provided.usage ?? {}, stream);
          expect(shown.result.message).toEqual(sent.message);
          expect(shown.result.finishReason.unified).toBe(sent.finishReason.unified);
          expect(counts(shown.usage)).toEqual(used);
        }),
      );
    });
  }

  it('gets back from a client of either what the answer held, signatures of any origin included', () => {
    fc.assert(
      fc.property(answerOf(signedCall), (content) => {
        const calls = content.filter((part) => part.type === 'tool-call');
        const shown: ChatResult = {
          message: { role: 'assistant', content },
          finishReason: { unified: 'stop' },
        };
        const before: Message[] = [{ role: 'system', content: 'Be brief.' }, image];
        const after: Message[] =
          calls.length === 0
            ? [{ role: 'user', content: 'Go on' }]
            : [
                {
                  role: 'tool',
                  content: calls.map(({ id }) => ({ type: 'tool-result', id, content: `r ${id}` })),
                },
              ];
        const expected = [...before, shown.message, ...after];

        // Each client puts the answer into its next request as it got it.
        const anthropic = anthropicBody({ messages: [...before, STAND_IN, ...after] });
        const { content: blocks } = anthropicMessages.encodeResponse({ result: shown }, as);
        const fromAnthropic = anthropicMessages.decodeRequest(
          overTheWire({
            ...anthropic,
            messages: replaced(anthropic.messages, { content: blocks }),
          }),
        );
        expect(fromAnthropic.request.messages).toEqual(expected);

        const chat = openaiBody({ messages: [...before, STAND_IN, ...after] });
        const { choices } = openaiChat.encodeResponse({ result: shown }, as);
        const [choice] = choices as { message: object }[];
        const fromOpenAI = openaiChat.decodeRequest(
          overTheWire({ ...chat, messages: replaced(chat.messages, choice?.message ?? {}) }),
        );
        const messages = grouped(fromOpenAI.request.messages);
        expect(messages).toEqual(expected);

        // And what they sent is the same for a provider of either protocol.
        const other = { ...fromOpenAI.request, messages };
        expect(overTheWire(anthropicBody(other))).toEqual(
          overTheWire(anthropicBody({ ...fromAnthropic.request, maxOutputTokens: undefined })),
        );
        expect(overTheWire(openaiBody(other).messages)).toEqual(
          overTheWire(openaiBody(fromAnthropic.request).messages),
        );
      }),
    );
  });

  it('gives a call back what its own provider needs, though the Anthropic client got it streamed', () => {
    fc.assert(
      fc.property(answerOf(signedCall), (content) => {
        const shown: ChatResult = {
          message: { role: 'assistant', content },
          finishReason: { unified: 'tool-calls' },
        };
        const got = throughAnthropic(shown, {}, true).result.message;
        const next = anthropicBody({ messages: [image, got, { role: 'user', content: 'Go on' }] });
        const { request } = anthropicMessages.decodeRequest(overTheWire(next));
        const calls = (parts: Message['content'] | undefined): unknown[] =>
          (typeof parts === 'string' ? [] : (parts ?? [])).filter(
            ({ type }) => type === 'tool-call',
          );
        expect(calls(request.messages[1]?.content)).toEqual(calls(content));
      }),
    );
  });

  it('says the same settings in both', () => {
    const body = {
      model: 'm',
      max_tokens: 6000,
      messages: [{ role: 'user', content: 'Hi' }],
      tools: [
        {
          name: 'f',
          description: 'd',
          input_schema: { type: 'object', properties: {} },
          strict: true,
        },
      ],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      temperature: 0.3,
      top_p: 0.8,
      stop_sequences: ['END'],
      metadata: { user_id: 'u1' },
      stream: true,
    };
    const read = anthropicMessages.decodeRequest(body);
    const warnings: string[] = [];
    const chat = openaiChat.encodeRequest(read.request, {
      model: 'gpt',
      stream: read.stream,
      provider: 'p',
      warn: ({ message }) => warnings.push(message),
    });
    expect(chat).toMatchObject({
      model: 'gpt',
      max_tokens: 6000,
      tools: [{ type: 'function', function: { name: 'f', description: 'd', strict: true } }],
      tool_choice: 'required',
      parallel_tool_calls: false,
      temperature: 0.3,
      top_p: 0.8,
      stop: ['END'],
      user: 'u1',
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(warnings).toEqual([]);
    const back = openaiChat.decodeRequest(overTheWire(chat));
    const again = anthropicMessages.encodeRequest(
      back.request,
      target({ model: 'm', stream: back.stream, dialect: { schemas: 'full' } }),
    );
    expect(again).toEqual(body);
  });

  it('asks for reasoning and structured output in both', () => {
    const request: ChatRequest = {
      messages: [{ role: 'user', content: 'Hi' }],
      maxOutputTokens: 9000,
      reasoning: { effort: 'high' },
      output: {
        type: 'json-schema',
        schema: { type: 'object', properties: {}, additionalProperties: false },
      },
    };
    const chat = openaiChat.decodeRequest(overTheWire(openaiBody(request))).request;
    const messages = anthropicMessages.decodeRequest(overTheWire(anthropicBody(chat))).request;
    expect(messages).toEqual(request);
  });
});

const STAND_IN: Message = { role: 'assistant', content: 'stand-in' };

function replaced(messages: unknown, answered: object): unknown {
  return (messages as { role: string }[]).map((message) =>
    message.role === 'assistant' ? { ...message, ...answered } : message,
  );
}

function anthropicBody(request: ChatRequest): JsonObject {
  return anthropicMessages.encodeRequest(request, {
    model: 'm',
    stream: false,
    provider: 'p',
    dialect: { ...anthropicDialect, schemas: 'full' },
    warn: () => undefined,
  });
}

function openaiBody(request: ChatRequest): JsonObject {
  return openaiChat.encodeRequest(request, {
    model: 'm',
    stream: false,
    provider: 'p',
    dialect: openaiDialect,
    warn: () => undefined,
  });
}

/** Chat Completions has a message for each result of a tool, and plain text as a string. */
function grouped(messages: readonly Message[]): Message[] {
  const out: Message[] = [];
  for (const message of messages) {
    const last = out.at(-1);
    if (message.role === 'tool' && last?.role === 'tool')
      out[out.length - 1] = { role: 'tool', content: [...last.content, ...message.content] };
    else if (message.role === 'assistant' && typeof message.content === 'string')
      out.push({ role: 'assistant', content: [{ type: 'text', text: message.content }] });
    else out.push(message);
  }
  return out;
}
