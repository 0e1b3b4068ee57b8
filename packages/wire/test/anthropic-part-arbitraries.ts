import type {
  AssistantPart,
  CacheMarker,
  Citation,
  FilePart,
  ImagePart,
  JsonObject,
  JsonValue,
  Opaque,
  ProviderPart,
  TextPart,
  ToolResultPart,
  UserPart,
} from '@inferway/core';
import fc from 'fast-check';

/** Canonical values as far as Anthropic Messages can say them: what comes back through the other door must be the same. */

const FORMAT = 'anthropic-messages';

// Nothing that JSON escapes: Node 24.21's JSON.parse at times reads a key that is one escaped character as a backslash.
const key = fc
  .string({ minLength: 1, maxLength: 6 })
  .filter((name) => name !== '__proto__' && JSON.stringify(name).length === name.length + 2);
const leaf: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => text.isWellFormed()),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
export const jsonValue: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
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

export const word: fc.Arbitrary<string> = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);

export const cache: fc.Arbitrary<CacheMarker | undefined> = fc.constantFrom(
  undefined,
  {},
  { ttl: '5m' as const },
  { ttl: '1h' as const },
);

export function own(value: fc.Arbitrary<JsonObject>): fc.Arbitrary<Opaque> {
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

export const plainText: fc.Arbitrary<TextPart> = fc
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

export const userPart: fc.Arbitrary<UserPart> = fc.oneof(
  { weight: 4, arbitrary: plainText },
  image,
  file,
  provider('search_result', 'container_upload'),
);

export const toolResult: fc.Arbitrary<ToolResultPart> = fc
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

export const sentBackPart: fc.Arbitrary<AssistantPart> = fc
  .tuple(answerPart, cache)
  .map(([part, marker]) =>
    part.type === 'text' || part.type === 'tool-call' ? clean({ ...part, cache: marker }) : part,
  );
