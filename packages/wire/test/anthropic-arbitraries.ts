import type {
  AssistantPart,
  ChatRequest,
  ChatResult,
  Citation,
  FilePart,
  FunctionTool,
  ImagePart,
  JsonObject,
  JsonValue,
  Message,
  Opaque,
  ProviderPart,
  TextPart,
  Tool,
  ToolResultPart,
  Usage,
  UserPart,
} from '@inferway/core';
import fc from 'fast-check';

/** Canonical values as far as Anthropic Messages can say them: what comes back through the other door must be the same. */

const FORMAT = 'anthropic-messages';

const key = fc.string({ minLength: 1, maxLength: 6 }).filter((name) => name !== '__proto__');
const leaf: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => text.isWellFormed()),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const jsonValue: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

export const jsonObject: fc.Arbitrary<JsonObject> = fc.dictionary(key, jsonValue, {
  maxKeys: 4,
  noNullPrototype: true,
});

// Not blank, since blank text is left out, and not a mere space at an end, since that is cut from an answer to be continued.
export const text: fc.Arbitrary<string> = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 30 })
  .map((value) => (value.isWellFormed() && value.trim() !== '' ? value.trim() : 'x'));

const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);

const cache = fc.constantFrom(undefined, {}, { ttl: '5m' as const }, { ttl: '1h' as const });

function own(value: fc.Arbitrary<JsonObject>): fc.Arbitrary<Opaque> {
  return value.map((fields) => ({ format: FORMAT, value: fields }));
}

/** Drops members that are undefined, as a decoder does. */
export function clean<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as T;
}

const citation: fc.Arbitrary<Citation> = fc.oneof(
  fc.record({ url: fc.webUrl(), title: text, quote: text, index: text }).map((c) => ({
    url: c.url,
    title: c.title,
    quote: c.quote,
    opaque: {
      format: FORMAT,
      value: {
        type: 'web_search_result_location',
        url: c.url,
        title: c.title,
        cited_text: c.quote,
        encrypted_index: c.index,
      },
    },
  })),
  fc.record({ title: text, quote: text, start: fc.nat(), end: fc.nat() }).map((c) => ({
    title: c.title,
    quote: c.quote,
    opaque: {
      format: FORMAT,
      value: {
        type: 'char_location',
        document_index: 0,
        document_title: c.title,
        cited_text: c.quote,
        start_char_index: c.start,
        end_char_index: c.end,
        file_id: null,
      },
    },
  })),
);

const plainText: fc.Arbitrary<TextPart> = fc
  .record({ type: fc.constant('text' as const), text, cache })
  .map(clean);

const media = fc.oneof(
  fc.record({
    type: fc.constant('base64' as const),
    data: fc.base64String({ maxLength: 16 }),
    mediaType: fc.constantFrom('image/png', 'image/jpeg'),
  }),
  fc.record({ type: fc.constant('url' as const), url: fc.webUrl() }),
  fc.record({ type: fc.constant('file-id' as const), id: word }),
);

const image: fc.Arbitrary<ImagePart> = fc
  .record({ type: fc.constant('image' as const), image: media, cache })
  .map(clean);

const file: fc.Arbitrary<FilePart> = fc
  .record({
    type: fc.constant('file' as const),
    file: fc.oneof(
      fc.record({
        type: fc.constant('base64' as const),
        data: fc.base64String({ maxLength: 16 }),
        mediaType: fc.constant('application/pdf'),
      }),
      fc.record({ type: fc.constant('text' as const), text: fc.string() }),
      fc.record({ type: fc.constant('url' as const), url: fc.webUrl() }),
      fc.record({ type: fc.constant('file-id' as const), id: word }),
    ),
    name: fc.option(text, { nil: undefined }),
    cache,
    opaque: fc.option(
      own(fc.record({ citations: fc.constant({ enabled: true }), context: fc.string() })),
      { nil: undefined },
    ),
  })
  .map(clean);

function provider(...kinds: string[]): fc.Arbitrary<ProviderPart> {
  return fc.record({ kind: fc.constantFrom(...kinds), rest: jsonObject }).map(({ kind, rest }) => ({
    type: 'provider',
    format: FORMAT,
    kind,
    value: { ...rest, type: kind },
  }));
}

const userPart: fc.Arbitrary<UserPart> = fc.oneof(
  { weight: 4, arbitrary: plainText },
  image,
  file,
  provider('search_result', 'container_upload'),
);

const toolResult: fc.Arbitrary<ToolResultPart> = fc
  .record({
    type: fc.constant('tool-result' as const),
    id: word,
    content: fc.oneof(
      fc.string(),
      fc.array(fc.oneof(plainText, image, file, provider('search_result', 'tool_reference')), {
        maxLength: 3,
      }),
    ),
    isError: fc.option(fc.boolean(), { nil: undefined }),
    cache,
  })
  .map(clean);

export const argumentsText: fc.Arbitrary<string> = jsonObject.map((value) =>
  // Twice: number-like keys move to the front when read.
  JSON.stringify(JSON.parse(JSON.stringify(value))),
);

export const toolCall: fc.Arbitrary<AssistantPart> = fc
  .record({
    type: fc.constant('tool-call' as const),
    id: word,
    name: word,
    arguments: argumentsText,
    opaque: fc.option(own(fc.constant({ caller: { type: 'direct' } })), { nil: undefined }),
  })
  .map(clean);

const signature = fc.base64String({ minLength: 4, maxLength: 20 });

export const reasoning: fc.Arbitrary<AssistantPart> = fc.oneof(
  fc.record({
    type: fc.constant('reasoning' as const),
    text: fc.oneof(text, fc.constant('')),
    opaque: own(fc.record({ signature })),
  }),
  fc.record({
    type: fc.constant('reasoning' as const),
    text: fc.constant(''),
    opaque: own(fc.record({ data: signature })),
  }),
);

export const citedText: fc.Arbitrary<AssistantPart> = fc
  .record({
    type: fc.constant('text' as const),
    text,
    citations: fc.option(fc.array(citation, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  })
  .map(clean);

export const serverPart: fc.Arbitrary<ProviderPart> = provider(
  'server_tool_use',
  'web_search_tool_result',
  'mcp_tool_use',
  'compaction',
);

/** Parts of answers; those that are sent back may also carry cache markers. */
export const answerPart: fc.Arbitrary<AssistantPart> = fc.oneof(
  { weight: 3, arbitrary: citedText },
  reasoning,
  { weight: 2, arbitrary: toolCall },
  serverPart,
);

const sentBackPart: fc.Arbitrary<AssistantPart> = fc
  .tuple(answerPart, cache)
  .map(([part, marker]) =>
    part.type === 'text' || part.type === 'tool-call' ? clean({ ...part, cache: marker }) : part,
  );

// One turn each, in the order that the format keeps: neighbours of one role would be merged.
const userTurn: fc.Arbitrary<Message[]> = fc.oneof(
  text.map((content): Message[] => [{ role: 'user', content }]),
  fc
    .array(userPart, { minLength: 1, maxLength: 3 })
    .map((content): Message[] => [{ role: 'user', content }]),
  fc
    .tuple(
      fc.array(toolResult, { minLength: 1, maxLength: 3 }),
      fc.array(userPart, { maxLength: 2 }),
    )
    .map(([results, parts]): Message[] => [
      { role: 'tool', content: results },
      ...(parts.length === 0 ? [] : [{ role: 'user' as const, content: parts }]),
    ]),
);

const systemContent = fc.oneof(text, fc.array(plainText, { minLength: 1, maxLength: 3 }));

const exchange: fc.Arbitrary<Message[]> = fc
  .tuple(
    userTurn,
    fc.option(systemContent, { nil: undefined }),
    fc.oneof(text, fc.array(sentBackPart, { minLength: 1, maxLength: 4 })),
  )
  .map(([user, system, content]): Message[] => [
    ...user,
    ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
    { role: 'assistant', content },
  ]);

const messages: fc.Arbitrary<Message[]> = fc
  .tuple(
    fc.option(systemContent, { nil: undefined }),
    fc.array(exchange, { maxLength: 3 }),
    userTurn,
  )
  .map(([system, exchanges, last]): Message[] => [
    ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
    ...exchanges.flat(),
    ...last,
  ]);

const functionTool: fc.Arbitrary<FunctionTool> = fc
  .record({
    name: word,
    description: fc.option(text, { nil: undefined }),
    parameters: jsonObject,
    strict: fc.option(fc.boolean(), { nil: undefined }),
    cache,
    opaque: fc.option(own(fc.constant({ defer_loading: true, input_examples: [{ a: 1 }] })), {
      nil: undefined,
    }),
  })
  .map(clean);

const tool: fc.Arbitrary<Tool> = fc.oneof(
  { weight: 3, arbitrary: functionTool },
  jsonObject.map((rest) => ({
    type: 'provider' as const,
    format: FORMAT,
    value: { ...rest, type: 'web_search_20260318', name: 'web_search' },
  })),
);

const tooling = fc.oneof(
  fc.constant({}),
  fc.record({
    tools: fc.array(tool, { minLength: 1, maxLength: 3 }),
    toolChoice: fc.constantFrom(undefined, 'none' as const),
  }),
  fc.record({
    tools: fc.array(tool, { minLength: 1, maxLength: 3 }),
    toolChoice: fc.constantFrom('auto' as const, 'required' as const, { name: 'f' }),
    parallelToolCalls: fc.option(fc.boolean(), { nil: undefined }),
  }),
);

const effort = fc.constantFrom('low', 'medium', 'high', 'xhigh', 'max');

// Sampling and forced calls go without thinking only.
const thinkingOrSampling = fc.oneof(
  fc.record({
    reasoning: fc.oneof(
      fc.record({ effort: fc.option(effort, { nil: undefined }) }).map(clean),
      fc.constant({ effort: 'none' as const }),
      fc
        .record({
          effort: fc.option(effort, { nil: undefined }),
          maxTokens: fc.integer({ min: 1024, max: 9000 }),
        })
        .map(clean),
    ),
    toolChoice: fc.constant('auto' as const),
  }),
  fc.record({
    temperature: fc.option(fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs), {
      nil: undefined,
    }),
    topP: fc.option(fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs), { nil: undefined }),
    topK: fc.option(fc.nat(), { nil: undefined }),
  }),
);

const passthrough = fc
  .dictionary(
    fc.constantFrom('container', 'mcp_servers', 'context_management', 'cache_control', 'speed'),
    jsonValue.filter((value) => value !== null),
    { minKeys: 1, noNullPrototype: true },
  )
  .map((fields) => ({ format: FORMAT, fields }));

export const chatRequest: fc.Arbitrary<ChatRequest> = fc
  .tuple(
    fc.record({
      messages,
      maxOutputTokens: fc.integer({ min: 10_000, max: 128_000 }),
      output: fc.option(
        fc.record({ type: fc.constant('json-schema' as const), schema: jsonObject }),
        { nil: undefined },
      ),
      stop: fc.option(fc.array(text, { minLength: 1, maxLength: 3 }), { nil: undefined }),
      user: fc.option(fc.string(), { nil: undefined }),
      serviceTier: fc.constantFrom(undefined, 'auto', 'standard_only'),
      passthrough: fc.option(passthrough, { nil: undefined }),
    }),
    tooling,
    thinkingOrSampling,
  )
  .map(([base, tools, rest]) => {
    const { toolChoice, ...settings } = { toolChoice: undefined, ...rest };
    const merged = { ...base, ...tools, ...settings };
    if (toolChoice !== undefined && 'toolChoice' in tools && tools.toolChoice !== undefined)
      return clean({ ...merged, toolChoice }) as ChatRequest;
    return clean(merged) as ChatRequest;
  });

export const usage: fc.Arbitrary<Usage> = fc
  .record({
    plain: fc.nat(),
    read: fc.option(fc.nat(), { nil: undefined }),
    written: fc.option(fc.nat(), { nil: undefined }),
    hourPart: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    outputTokens: fc.nat(),
    reasoningTokens: fc.option(fc.nat(), { nil: undefined }),
  })
  .map(({ plain, read, written, hourPart, outputTokens, reasoningTokens }) =>
    clean({
      inputTokens: plain + (read ?? 0) + (written ?? 0),
      outputTokens,
      cacheReadTokens: read,
      cacheWriteTokens: written,
      cacheWrite1hTokens:
        written === undefined || hourPart === undefined
          ? undefined
          : Math.floor(written * hourPart),
      reasoningTokens,
    }),
  );

const finishReason = fc.constantFrom<ChatResult['finishReason']>(
  { unified: 'stop', raw: 'end_turn' },
  { unified: 'stop', raw: 'stop_sequence' },
  { unified: 'length', raw: 'max_tokens' },
  { unified: 'length', raw: 'model_context_window_exceeded' },
  { unified: 'tool-calls', raw: 'tool_use' },
  { unified: 'content-filter', raw: 'refusal' },
  { unified: 'other', raw: 'pause_turn' },
  { unified: 'other', raw: 'a_new_reason' },
);

export const chatResult: fc.Arbitrary<ChatResult> = fc
  .record({
    id: word,
    model: word,
    message: fc
      .array(answerPart, { maxLength: 6 })
      .map((content) => ({ role: 'assistant' as const, content })),
    finishReason,
    passthrough: fc.option(
      fc.record({
        format: fc.constant(FORMAT),
        fields: fc.record({
          stop_sequence: fc.string(),
          stop_details: fc.constant({ type: 'refusal', category: 'bio' }),
          container: jsonObject,
          context_management: jsonObject,
        }),
      }),
      { nil: undefined },
    ),
  })
  // A last call without arguments is dropped where the answer may have been cut.
  .map(({ finishReason: reason, ...rest }) => {
    const last = rest.message.content.at(-1);
    const bareCall = last?.type === 'tool-call' && last.arguments === '{}';
    const cuts = reason.unified === 'length' || reason.unified === 'content-filter';
    return clean({
      ...rest,
      finishReason: bareCall && cuts ? { unified: 'tool-calls' as const, raw: 'tool_use' } : reason,
    });
  });
