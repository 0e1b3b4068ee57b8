import type {
  AssistantPart,
  ChatRequest,
  ChatResult,
  Citation,
  JsonObject,
  Message,
  OutputFormat,
  ReasoningPart,
  TextPart,
  Tool,
  ToolResultPart,
  UserPart,
} from '@inferway/core';
import fc from 'fast-check';
import { json, jsonObject, maybe, number, passthrough, word } from './openai-arbitraries.js';
import { foreignOpaque } from './openai-chat-request-arbitrary.js';

/** Requests and answers in the one of their forms that the Responses API can say: what this generates comes back from the wire as it was. */

const OWN = 'openai-responses';
const text = fc.string({ unit: 'grapheme' });
const someText = fc.string({ unit: 'grapheme', minLength: 1 });
const base64 = fc.base64String({ minLength: 4 });
const cache = maybe({}, { ttl: fc.constant('1h' as const) });
const url = word.map((name) => `https://example.com/${name}`);

function own(value: JsonObject): { format: string; value: JsonObject } {
  return { format: OWN, value };
}

const textPart: fc.Arbitrary<TextPart> = maybe(
  { type: fc.constant('text' as const), text },
  { cache },
);
const image = fc.oneof(
  fc.record({
    type: fc.constant('base64' as const),
    data: base64,
    mediaType: fc.constantFrom('image/png', 'image/jpeg'),
  }),
  fc.record({ type: fc.constant('url' as const), url }),
  fc.record({ type: fc.constant('file-id' as const), id: word }),
);
const shownPart: fc.Arbitrary<UserPart> = fc.oneof(
  textPart,
  maybe(
    {
      type: fc.constant('image' as const),
      image,
      detail: fc.constantFrom('auto' as const, 'low' as const, 'high' as const),
    },
    { cache },
  ),
  maybe(
    {
      type: fc.constant('file' as const),
      file: fc.record({
        type: fc.constant('base64' as const),
        data: base64,
        mediaType: fc.constant('application/pdf'),
      }),
      name: word,
    },
    { cache },
  ),
  fc.record({
    type: fc.constant('file' as const),
    file: fc.record({ type: fc.constant('file-id' as const), id: word }),
  }),
);

/** A list that is no single plain text, since that one travels as a string. */
function listOf<P extends UserPart>(part: fc.Arbitrary<P>): fc.Arbitrary<P[]> {
  return fc
    .array(part, { minLength: 1, maxLength: 4 })
    .filter(
      (parts) => !(parts.length === 1 && parts[0]?.type === 'text' && parts[0].cache === undefined),
    );
}

const citation: fc.Arbitrary<Citation> = fc.oneof(
  maybe({ url: word }, { title: word, start: fc.nat(), end: fc.nat() }),
  maybe({ file_id: word }, { index: fc.nat() }).map((value) => ({
    opaque: own({ ...value, type: 'file_path' }),
  })),
);
const messageFields = fc.oneof(
  fc.record({ id: word.map((id) => `msg_${id}`) }),
  fc.record({ id: word.map((id) => `msg_${id}`), phase: fc.constant('commentary') }),
);

/** Texts and refusals of one message or of several. */
const said: fc.Arbitrary<AssistantPart> = fc.oneof(
  fc
    .tuple(
      maybe(
        { type: fc.constant('text' as const), text: someText },
        { citations: fc.array(citation, { minLength: 1, maxLength: 2 }) },
      ),
      fc.option(messageFields),
    )
    .map(([part, fields]) => (fields === null ? part : { ...part, opaque: own(fields) })),
  someText.map((words): AssistantPart => ({ type: 'refusal', text: words })),
);

const ownReasoning: fc.Arbitrary<ReasoningPart> = fc
  .tuple(text, word, word, fc.constantFrom('plain', 'sections', 'thought', 'both'))
  .map(([words, id, encrypted, kind]) => {
    const value = { id: `rs_${id}`, encrypted_content: encrypted };
    const part = { type: 'reasoning' as const, text: words, opaque: own(value) };
    if (words === '' || kind === 'plain') return part;
    const section = (one: string): JsonObject => ({ type: 'summary_text', text: one });
    if (kind === 'thought') return { ...part, opaque: own({ ...value, summary: [] }) };
    if (kind === 'both') {
      const content = [{ type: 'reasoning_text', text: 'word for word' }];
      return { ...part, opaque: own({ ...value, content }) };
    }
    return {
      ...part,
      text: `${words}\n\nsecond`,
      opaque: own({ ...value, summary: [section(words), section('second')] }),
    };
  });
const reasoning: fc.Arbitrary<ReasoningPart> = fc.oneof(
  ownReasoning,
  fc.record({ type: fc.constant('reasoning' as const), text, opaque: foreignOpaque }),
  fc.record({ type: fc.constant('reasoning' as const), text: someText }),
);
const call: fc.Arbitrary<AssistantPart> = fc
  .tuple(
    fc.record({
      id: word,
      name: word,
      arguments: jsonObject.map((value) => JSON.stringify(value)),
    }),
    fc.option(maybe({ id: word.map((id) => `fc_${id}`) }, { namespace: word })),
  )
  .map(([part, fields]) => ({
    type: 'tool-call',
    ...part,
    ...(fields === null ? {} : { opaque: own({ ...fields }) }),
  }));
const serverSide: fc.Arbitrary<AssistantPart> = fc.tuple(word, jsonObject).map(([id, action]) => ({
  type: 'provider',
  format: OWN,
  kind: 'web_search_call',
  value: { type: 'web_search_call', id: `ws_${id}`, status: 'completed', action },
}));

/** An answer's parts: calls differ in their ids, and messages with an id stand once. */
const answerParts: fc.Arbitrary<AssistantPart[]> = fc.uniqueArray(
  fc.oneof({ weight: 3, arbitrary: said }, reasoning, call, serverSide),
  {
    maxLength: 6,
    selector: (part) => {
      if (part.type === 'tool-call') return `call ${part.id}`;
      const value = part.type === 'provider' ? part.value : part.opaque?.value;
      const id = (value as JsonObject | undefined)?.['id'];
      return typeof id === 'string' ? id : part;
    },
  },
);

/** What goes back with its ids, since its reasoning does. */
const sentBack: fc.Arbitrary<AssistantPart[]> = fc
  .tuple(ownReasoning, answerParts)
  .map(([first, parts]) => [first, ...parts]);

const result: fc.Arbitrary<ToolResultPart> = fc
  .tuple(word, fc.oneof(text, listOf(shownPart)), fc.boolean())
  .map(([id, content, custom]) => ({
    type: 'tool-result',
    id,
    content: content as ToolResultPart['content'],
    ...(custom ? { opaque: own({ type: 'custom_tool_call_output' }) } : {}),
  }));
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    role: fc.constantFrom('system' as const, 'developer' as const),
    content: fc.oneof(text, listOf(textPart)),
  }),
  fc.record({ role: fc.constant('user' as const), content: fc.oneof(text, listOf(shownPart)) }),
  fc.record({ role: fc.constant('assistant' as const), content: fc.oneof(text, sentBack) }),
  fc
    .array(result, { minLength: 1, maxLength: 3 })
    .map((content): Message => ({ role: 'tool', content })),
);
const tool: fc.Arbitrary<Tool> = fc.oneof(
  maybe(
    { name: word, strict: fc.boolean() },
    {
      description: text,
      parameters: jsonObject,
      opaque: fc.boolean().map((value) => own({ defer_loading: value })),
    },
  ),
  jsonObject.map((value): Tool => ({
    type: 'provider',
    format: OWN,
    value: { ...value, type: 'web_search' },
  })),
);
const output: fc.Arbitrary<OutputFormat> = fc.oneof(
  fc.constant({ type: 'text' as const }),
  fc.constant({ type: 'json' as const }),
  maybe(
    { type: fc.constant('json-schema' as const), schema: jsonObject, name: word },
    { description: text, strict: fc.boolean() },
  ),
);
const messages = fc
  .tuple(fc.option(text), fc.array(message, { minLength: 1, maxLength: 5 }))
  .map(([instructions, list]) => [
    ...(instructions === null
      ? []
      : [
          {
            role: 'system' as const,
            content: instructions,
            opaque: { format: OWN, value: 'instructions' },
          },
        ]),
    // What the model says in a row, and results that follow each other, are one message.
    ...list.filter(
      (one, index) =>
        (one.role !== 'tool' && one.role !== 'assistant') || list[index - 1]?.role !== one.role,
    ),
  ]);

export const responsesRequest: fc.Arbitrary<ChatRequest> = fc
  .tuple(
    maybe(
      { messages: messages as fc.Arbitrary<ChatRequest['messages']> },
      {
        output,
        reasoning: fc.record({ effort: fc.constantFrom('none' as const, 'low' as const) }),
        maxOutputTokens: fc.integer({ min: 1 }),
        temperature: number(0, 2),
        topP: number(0, 1),
        presencePenalty: number(-2, 2),
        logprobs: fc.nat({ max: 20 }),
        user: text,
        metadata: fc.dictionary(word, text).map((object) => ({ ...object })),
        serviceTier: word,
        promptCacheKey: word,
      },
    ),
    // Whether it is to be stored is always said, by null where the caller did not.
    fc.tuple(fc.option(passthrough(OWN)), fc.option(fc.boolean())).map(([passed, store]) => ({
      passthrough: { format: OWN, fields: { ...passed?.fields, store } },
    })),
    fc.option(
      maybe(
        { tools: fc.array(tool, { minLength: 1, maxLength: 3 }) },
        {
          toolChoice: fc.oneof(
            fc.constantFrom('auto' as const, 'none' as const, 'required' as const),
            fc.record({ name: word }),
          ),
          parallelToolCalls: fc.boolean(),
        },
      ),
    ),
  )
  .map(([request, passed, tools]) => ({ ...request, ...passed, ...tools }));

const logprob = fc.record({
  token: fc.string(),
  logprob: number(-100, 0),
  bytes: fc.array(fc.nat(255)),
});

export const responsesResult: fc.Arbitrary<ChatResult> = fc
  .tuple(
    fc.record({ id: word.map((id) => `resp_${id}`), model: word, created: fc.nat() }),
    answerParts,
    fc.constantFrom('completed', 'max_output_tokens', 'content_filter', 'error', 'steered'),
    fc.option(fc.array(logprob, { minLength: 1, maxLength: 3 })),
    fc.option(passthrough(OWN)),
    json,
  )
  .map(([head, content, raw, logprobs, passed]) => {
    const words = { max_output_tokens: 'length', content_filter: 'content-filter', error: 'error' };
    const called = content.some(({ type }) => type === 'tool-call');
    const unified =
      raw === 'completed'
        ? called
          ? ('tool-calls' as const)
          : ('stop' as const)
        : ((words[raw as keyof typeof words] ?? 'other') as 'length');
    // They are told with the first words, which must not be a refusal.
    const speaks =
      content.find(({ type }) => type === 'text' || type === 'refusal')?.type === 'text';
    return {
      ...head,
      message: { role: 'assistant', content },
      finishReason: { unified, raw },
      ...(logprobs === null || !speaks ? {} : { logprobs }),
      ...(passed === null ? {} : { passthrough: passed }),
    };
  });
