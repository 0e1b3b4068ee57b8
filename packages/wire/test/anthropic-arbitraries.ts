import type { ChatRequest, ChatResult, FunctionTool, Message, Tool, Usage } from '@inferway/core';
import fc from 'fast-check';
import {
  answerPart,
  cache,
  clean,
  jsonObject,
  jsonValue,
  own,
  plainText,
  sentBackPart,
  text,
  toolResult,
  userPart,
  word,
} from './anthropic-part-arbitraries.js';

const FORMAT = 'anthropic-messages';

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

/** At most four cache markers, of one lifetime: others are changed on their way. A passed-through top-level marker is the fourth. */
function lawfulMarkers<T extends Pick<ChatRequest, 'passthrough'>>(request: T): T {
  let left = 3;
  let first: unknown = request.passthrough === undefined ? undefined : {};
  const walk = (value: unknown, key: string): unknown => {
    if (key === 'cache' && typeof value === 'object') {
      if (left-- <= 0) return undefined;
      return (first ??= value);
    }
    if (Array.isArray(value)) return value.map((entry) => walk(entry, ''));
    if (typeof value !== 'object' || value === null || key === 'opaque' || key === 'value')
      return value;
    return clean(
      Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner, name)])),
    );
  };
  return walk(request, '') as T;
}

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
    const merged = lawfulMarkers({ ...base, ...tools, ...settings });
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
