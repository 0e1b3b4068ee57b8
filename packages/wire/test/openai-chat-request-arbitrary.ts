import type {
  AssistantMessage,
  AssistantPart,
  CacheMarker,
  ChatRequest,
  Message,
  Opaque,
  OutputFormat,
  ReasoningPart,
  TextPart,
  Tool,
  ToolCallPart,
  ToolResultPart,
  UserPart,
} from '@inferway/core';
import fc from 'fast-check';
import { json, jsonObject, maybe, number, passthrough, word } from './openai-arbitraries.js';

/** Requests in the one of their forms that Chat Completions can say: what this generates comes back from the wire as it was. */

const text = fc.string({ unit: 'grapheme' });
const someText = fc.string({ unit: 'grapheme', minLength: 1 });
const base64 = fc.base64String({ minLength: 4 });
const cache: fc.Arbitrary<CacheMarker> = maybe({}, { ttl: fc.constantFrom('5m', '1h') });
const url = word.map((name) => `https://example.com/${name}`);

const textPart: fc.Arbitrary<TextPart> = maybe(
  { type: fc.constant('text' as const), text },
  { cache },
);

/** A list that is no single plain text, since that one travels as a string. */
function listOf<P extends UserPart>(part: fc.Arbitrary<P>): fc.Arbitrary<P[]> {
  return fc
    .array(part, { minLength: 1, maxLength: 4 })
    .filter(
      (parts) => !(parts.length === 1 && parts[0]?.type === 'text' && parts[0].cache === undefined),
    );
}

const media = fc.oneof(
  fc.record({
    type: fc.constant('base64' as const),
    data: base64,
    mediaType: fc.constantFrom('image/png', 'image/jpeg'),
  }),
  fc.record({ type: fc.constant('url' as const), url }),
);
const userPart: fc.Arbitrary<UserPart> = fc.oneof(
  textPart,
  maybe(
    { type: fc.constant('image' as const), image: media },
    { detail: fc.constantFrom('auto' as const, 'low' as const, 'high' as const), cache },
  ),
  maybe(
    {
      type: fc.constant('audio' as const),
      audio: fc.record({
        type: fc.constant('base64' as const),
        data: base64,
        mediaType: fc.constantFrom('audio/mpeg', 'audio/wav', 'audio/flac'),
      }),
    },
    { cache },
  ),
  maybe(
    {
      type: fc.constant('file' as const),
      file: fc.oneof(media, fc.record({ type: fc.constant('file-id' as const), id: word })),
    },
    { name: word, cache },
  ),
  word.map((name): UserPart => {
    const value = { type: 'video_url', video_url: { url: name } };
    return { type: 'provider', format: 'openai-chat', kind: 'video_url', value };
  }),
);

export const foreignOpaque: fc.Arbitrary<Opaque> = fc.record({
  format: fc.stringMatching(/^[a-z]{1,8}-[a-z]{1,8}$/u),
  value: fc.oneof(fc.string(), json),
});
const ownOpaque: fc.Arbitrary<Opaque> = jsonObject
  .filter((value) => Object.keys(value).length > 0)
  .map((value) => ({ format: 'openai-chat', value: { google: value } }));

const functionCall: fc.Arbitrary<ToolCallPart> = maybe(
  {
    type: fc.constant('tool-call' as const),
    id: word,
    name: word,
    arguments: jsonObject.map((value) => JSON.stringify(value)),
  },
  { opaque: fc.oneof(foreignOpaque, ownOpaque) },
);
const call: fc.Arbitrary<AssistantPart> = fc.oneof(
  { weight: 5, arbitrary: functionCall },
  {
    weight: 1,
    arbitrary: fc.tuple(word, word, text).map(([id, name, input]): AssistantPart => {
      const value = { id, type: 'custom', custom: { name, input } };
      return { type: 'provider', format: 'openai-chat', kind: 'custom', value };
    }),
  },
);
/** Calls whose ids differ. */
export const calls: fc.Arbitrary<AssistantPart[]> = fc.uniqueArray(call, {
  maxLength: 3,
  selector: (part) =>
    part.type === 'provider' ? String(part.value['id']) : (part as ToolCallPart).id,
});

/** Reasoning with the place it has among the other parts: at the front where nothing tells its place. */
export const reasoning: fc.Arbitrary<{ part: ReasoningPart; at: number }[]> = fc.oneof(
  fc.constant<{ part: ReasoningPart; at: number }[]>([]),
  someText.map((thought) => [{ part: { type: 'reasoning' as const, text: thought }, at: 0 }]),
  fc.tuple(someText, word).map(([thought, signature]) => {
    const value = [
      { type: 'reasoning.text', text: thought, signature, format: 'unknown', index: 0 },
    ];
    const opaque = { format: 'openai-chat', value };
    return [{ part: { type: 'reasoning' as const, text: thought, opaque }, at: 0 }];
  }),
  fc.array(
    fc.record({
      part: fc.oneof(
        fc.record({ type: fc.constant('reasoning' as const), text, opaque: foreignOpaque }),
        fc.record({ type: fc.constant('reasoning' as const), text: someText }),
      ) as fc.Arbitrary<ReasoningPart>,
      at: fc.nat({ max: 4 }),
    }),
    { minLength: 2, maxLength: 3 },
  ),
  fc
    .record({ text, opaque: foreignOpaque, at: fc.nat({ max: 4 }) })
    .map(({ text: thought, opaque, at }) => [
      { part: { type: 'reasoning' as const, text: thought, opaque }, at },
    ]),
);

export function withReasoning(
  parts: readonly AssistantPart[],
  thoughts: readonly { part: ReasoningPart; at: number }[],
): AssistantPart[] {
  const all = [...parts];
  for (const { part, at } of thoughts) all.splice(Math.min(at, all.length), 0, part);
  return all;
}

const assistant: fc.Arbitrary<AssistantMessage> = maybe(
  {
    role: fc.constant('assistant' as const),
    content: fc.oneof(
      text,
      fc
        .tuple(
          fc.array(
            textPart.filter((part) => part.text !== ''),
            { maxLength: 2 },
          ),
          fc.option(someText, { nil: undefined }),
          fc.option(word, { nil: undefined }),
          calls,
          reasoning,
        )
        .map(([texts, refusal, audio, called, thoughts]): string | AssistantPart[] => {
          const parts: AssistantPart[] = [
            ...texts,
            ...(refusal === undefined ? [] : [{ type: 'refusal' as const, text: refusal }]),
            ...(audio === undefined
              ? []
              : [{ type: 'audio' as const, audio: { type: 'file-id' as const, id: audio } }]),
            ...called,
          ];
          const all = withReasoning(parts, thoughts);
          const [only] = all;
          if (only === undefined) return '';
          return all.length === 1 && only.type === 'text' && only.cache === undefined
            ? only.text
            : all;
        }),
    ),
  },
  { name: word },
);

const result: fc.Arbitrary<ToolResultPart> = maybe(
  {
    type: fc.constant('tool-result' as const),
    id: word,
    content: fc.oneof(text, listOf(textPart)),
  },
  { name: word },
);
const message: fc.Arbitrary<Message> = fc.oneof(
  maybe(
    {
      role: fc.constantFrom('system' as const, 'developer' as const),
      content: fc.oneof(text, listOf(textPart)),
    },
    { name: word },
  ),
  maybe(
    { role: fc.constant('user' as const), content: fc.oneof(text, listOf(userPart)) },
    { name: word },
  ),
  assistant,
  fc
    .array(result, { minLength: 1, maxLength: 3 })
    .map((content): Message => ({ role: 'tool', content })),
);

const tool: fc.Arbitrary<Tool> = fc.oneof(
  maybe({ name: word }, { description: text, parameters: jsonObject, strict: fc.boolean(), cache }),
  jsonObject.map((value): Tool => ({
    type: 'provider',
    format: 'openai-chat',
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

const base: fc.Arbitrary<ChatRequest> = maybe(
  {
    messages: fc.array(message, { minLength: 1, maxLength: 5 }).map((list) =>
      // Results that follow each other are one message.
      list.filter((one, index) => one.role !== 'tool' || list[index - 1]?.role !== 'tool'),
    ) as fc.Arbitrary<ChatRequest['messages']>,
  },
  {
    output,
    reasoning: fc.oneof(
      fc.record({ effort: fc.constantFrom('none' as const, 'low' as const, 'max' as const) }),
      fc.record({ maxTokens: fc.nat() }),
      fc.record({ effort: fc.constant('high' as const), maxTokens: fc.nat() }),
    ),
    maxOutputTokens: fc.integer({ min: 1 }),
    temperature: number(0, 2),
    topP: number(0, 1),
    topK: fc.integer({ min: -1 }),
    minP: number(0, 1),
    frequencyPenalty: number(-2, 2),
    presencePenalty: number(-2, 2),
    repetitionPenalty: number(0, 10),
    seed: fc.maxSafeInteger(),
    stop: fc.array(text, { maxLength: 4 }),
    logprobs: fc.nat({ max: 20 }),
    choices: fc.integer({ min: 1, max: 128 }),
    user: text,
    metadata: fc.dictionary(word, text).map((object) => ({ ...object })),
    serviceTier: word,
    promptCacheKey: word,
    passthrough: passthrough('openai-chat'),
  },
);
const tooling = maybe(
  { tools: fc.array(tool, { minLength: 1, maxLength: 3 }) },
  {
    toolChoice: fc.oneof(
      fc.constantFrom('auto' as const, 'none' as const, 'required' as const),
      fc.record({ name: word }),
    ),
    parallelToolCalls: fc.boolean(),
  },
);

export const chatRequest: fc.Arbitrary<ChatRequest> = fc
  .tuple(base, fc.option(tooling, { nil: undefined }))
  .map(([request, tools]) => ({ ...request, ...tools }));
