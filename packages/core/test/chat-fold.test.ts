import {
  chatTraits,
  completeTraits,
  foldChat,
  unfoldChat,
  type AssistantPart,
  type ChatChoice,
  type ChatEvent,
  type ChatResult,
  type CompleteResult,
  type FinishReason,
  type JsonValue,
} from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const text = fc.string({ unit: 'grapheme' });
const json = fc.jsonValue() as fc.Arbitrary<JsonValue>;
const format = fc.constantFrom('anthropic-messages', 'openai-chat');
const opaque = fc.record({ format, value: json });
const cacheMarker = fc.record(
  { ttl: fc.constantFrom('5m' as const, '1h' as const) },
  { requiredKeys: [] },
);
const extra = { cache: cacheMarker, opaque };
const citation = fc.record(
  { url: text, title: text, quote: text, start: fc.nat(), end: fc.nat(), opaque },
  { requiredKeys: [] },
);
const media = fc.oneof(
  fc.record({ type: fc.constant('base64' as const), data: text, mediaType: text }),
  fc.record({ type: fc.constant('url' as const), url: text }),
);
const object = fc.dictionary(text, json);

const part = fc.oneof(
  fc.record(
    {
      type: fc.constant('text' as const),
      text,
      citations: fc.array(citation, { minLength: 1, maxLength: 3 }),
      ...extra,
    },
    { requiredKeys: ['type', 'text'] },
  ),
  fc.record(
    { type: fc.constant('reasoning' as const), text, ...extra },
    { requiredKeys: ['type', 'text'] },
  ),
  fc.record(
    { type: fc.constant('refusal' as const), text, ...extra },
    { requiredKeys: ['type', 'text'] },
  ),
  fc.record(
    { type: fc.constant('tool-call' as const), id: text, name: text, arguments: text, ...extra },
    { requiredKeys: ['type', 'id', 'name', 'arguments'] },
  ),
  fc.record(
    { type: fc.constant('image' as const), image: media, ...extra },
    { requiredKeys: ['type', 'image'] },
  ),
  fc.record(
    { type: fc.constant('audio' as const), audio: media, transcript: text },
    { requiredKeys: ['type', 'audio'] },
  ),
  fc.record({ type: fc.constant('provider' as const), format, kind: text, value: object }),
) as fc.Arbitrary<AssistantPart>;

const finishReason: fc.Arbitrary<FinishReason> = fc.record(
  {
    unified: fc.constantFrom(
      'stop',
      'length',
      'tool-calls',
      'content-filter',
      'error',
      'other',
      'unknown',
    ),
    raw: text,
  },
  { requiredKeys: ['unified'] },
);
const logprobs = fc.array(fc.record({ token: text, logprob: fc.double({ max: 0, noNaN: true }) }), {
  minLength: 1,
  maxLength: 3,
});

const choice: fc.Arbitrary<ChatChoice> = fc
  .record({
    content: fc.array(part, { maxLength: 4 }),
    finishReason,
    logprobs,
    withLogprobs: fc.boolean(),
  })
  .map(({ content, finishReason: finish, logprobs: probabilities, withLogprobs }) => ({
    message: { role: 'assistant', content },
    finishReason: finish,
    // Log probabilities are of written text: without any there are none.
    ...(withLogprobs && content.some(({ type }) => type === 'text' || type === 'refusal')
      ? { logprobs: probabilities }
      : {}),
  }));

const chatResult = fc
  .tuple(
    choice,
    fc.record(
      {
        id: text,
        model: text,
        created: fc.nat(),
        passthrough: fc.record({ format, fields: object }),
      },
      { requiredKeys: [] },
    ),
    fc.array(choice, { maxLength: 2 }),
  )
  .map(([first, head, alternatives]) => ({
    ...head,
    ...first,
    ...(alternatives.length === 0 ? {} : { alternatives }),
  })) as fc.Arbitrary<ChatResult>;

const foldAll = (events: readonly ChatEvent[]): ChatResult => {
  const fold = foldChat();
  for (const event of events) fold.add(event);
  return fold.result();
};

test('a chat result unfolded into events folds into itself', () => {
  fc.assert(
    fc.property(chatResult, (result) => {
      expect(foldAll(unfoldChat(result, undefined))).toEqual(result);
    }),
    { numRuns: 1000 },
  );
});

test('folding does not change the events, so that one stream can be folded by several', () => {
  fc.assert(
    fc.property(chatResult, (result) => {
      const events = unfoldChat(result, undefined);
      const before = structuredClone(events);
      foldAll(events);
      foldAll(events);
      expect(events).toEqual(before);
    }),
  );
});

test('however text and arguments are split over deltas, the result is the same', () => {
  fc.assert(
    fc.property(chatResult, fc.infiniteStream(fc.nat({ max: 3 })), (result, cuts) => {
      const split = unfoldChat(result, undefined).flatMap((event): ChatEvent[] => {
        const at = cuts.next().value;
        if (event.type === 'tool-call-delta') {
          const { arguments: text } = event;
          return [
            { ...event, arguments: text.slice(0, at) },
            { ...event, arguments: text.slice(at) },
          ];
        }
        if (event.type !== 'text-delta' && event.type !== 'reasoning-delta') return [event];
        const { text } = event;
        return [
          { ...event, text: text.slice(0, at) },
          {
            ...event,
            ...('logprobs' in event ? { logprobs: undefined } : {}),
            text: text.slice(at),
          },
        ];
      });
      expect(foldAll(split)).toEqual(result);
    }),
  );
});

test('unfolded events keep the grammar of a stream: start, each part opened and closed in turn, finish, end', () => {
  fc.assert(
    fc.property(chatResult, (result) => {
      const events = unfoldChat(result, undefined);
      const choices = [result, ...(result.alternatives ?? [])];
      const expected = choices.flatMap(({ message }) => [
        ...message.content.flatMap((_part, index) => [`open ${index}`, `close ${index}`]),
        'finish',
      ]);
      const told = events.flatMap((event) => {
        if (event.type === 'part-start') return [`open ${event.index}`];
        if (event.type === 'part-end') return [`close ${event.index}`];
        return event.type === 'finish' || event.type === 'start' || event.type === 'end'
          ? [event.type]
          : [];
      });
      expect(told).toEqual(['start', ...expected, 'end']);
    }),
  );
});

test('deltas of several open parts and choices may come mixed', () => {
  const text = { type: 'text', text: '' } as const;
  const delta = (index: number, piece: string, choice?: number): ChatEvent => ({
    type: 'text-delta',
    index,
    text: piece,
    choice,
  });
  const folded = foldAll([
    { type: 'part-start', index: 0, part: text },
    { type: 'part-start', index: 1, part: text },
    { type: 'part-start', index: 0, part: text, choice: 1 },
    delta(0, 'a'),
    delta(0, 'b'),
    delta(1, 'c'),
    delta(0, 'd'),
    delta(0, 'x', 1),
    delta(0, 'e'),
    delta(0, 'y', 1),
  ]);
  const textsOf = (choice: ChatChoice | undefined): unknown[] =>
    choice?.message.content.map((part) => part.type === 'text' && part.text) ?? [];
  expect(textsOf(folded)).toEqual(['abde', 'c']);
  expect(textsOf(folded.alternatives?.[0])).toEqual(['xy']);
});

test('the first content event of an unfolded answer comes before its end', () => {
  fc.assert(
    fc.property(chatResult, (result) => {
      const events = unfoldChat(result, undefined);
      expect(events.some((event) => chatTraits.isContent?.(event))).toBe(true);
      expect(events.at(-1)?.type).toBe('end');
    }),
  );
});

describe('a stream that is cut', () => {
  test('gives the text so far and the finish reason unknown', () => {
    const result = foldAll([
      { type: 'start', id: 'x' },
      { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
      { type: 'text-delta', index: 0, text: 'half an ans' },
    ]);
    expect(result).toEqual({
      id: 'x',
      message: { role: 'assistant', content: [{ type: 'text', text: 'half an ans' }] },
      finishReason: { unified: 'unknown' },
    });
  });

  test('gives no tool call that was not closed, since it must never be run', () => {
    const result = foldAll([
      {
        type: 'part-start',
        index: 0,
        part: { type: 'tool-call', id: 'a', name: 'rm', arguments: '' },
      },
      { type: 'tool-call-delta', index: 0, arguments: '{"path":"/"' },
    ]);
    expect(result.message.content).toEqual([]);
  });

  test('an alternative that never began leaves no hole', () => {
    const result = foldAll([
      { type: 'part-start', index: 0, part: { type: 'text', text: 'third' }, choice: 2 },
    ]);
    expect(result.message.content).toEqual([]);
    expect(result.alternatives).toEqual([
      {
        message: { role: 'assistant', content: [{ type: 'text', text: 'third' }] },
        finishReason: { unified: 'unknown' },
      },
    ]);
  });

  test('is folded in no time however large an index is', () => {
    const far = 4_000_000_000;
    const result = foldAll([
      { type: 'part-start', index: far, part: { type: 'text', text: 'far' }, choice: far },
      { type: 'part-start', index: 0, part: { type: 'text', text: 'near' } },
    ]);
    expect(result.message.content).toEqual([{ type: 'text', text: 'near' }]);
    expect(result.alternatives?.[0]?.message.content).toEqual([{ type: 'text', text: 'far' }]);
  });
});

test('a delta for a part that was never opened is passed over', () => {
  expect(foldAll([{ type: 'text-delta', index: 3, text: 'lost' }]).message.content).toEqual([]);
});

describe('how a chat ended, for caches', () => {
  const answer = (finish: FinishReason['unified'], ...content: AssistantPart[]): ChatResult => ({
    message: { role: 'assistant', content },
    finishReason: { unified: finish },
  });
  const call: AssistantPart = { type: 'tool-call', id: '1', name: 'f', arguments: '{}' };
  test.each([
    [answer('stop'), 'answer'],
    [answer('stop', call), 'tool-calls'],
    [answer('tool-calls', call), 'tool-calls'],
    [answer('length'), 'incomplete'],
    [answer('content-filter'), 'incomplete'],
    [answer('error'), 'incomplete'],
    [answer('unknown'), 'incomplete'],
    [answer('other'), 'incomplete'],
    [{ ...answer('stop'), alternatives: [answer('length')] }, 'incomplete'],
    [{ ...answer('stop'), alternatives: [answer('tool-calls', call)] }, 'tool-calls'],
  ] as const)('%j is %s', (result, ending) => {
    expect(chatTraits.ending?.(result)).toBe(ending);
  });
});

const completeChoice = fc.record(
  {
    text,
    finishReason,
    logprobs: fc.record({ tokens: fc.array(text), tokenLogprobs: fc.array(fc.integer()) }),
  },
  { requiredKeys: ['text', 'finishReason'] },
);

test('choices of a completion that come out of order are put in order', () => {
  const fold = completeTraits.fold?.();
  for (const choice of [2, 0, 1]) fold?.add({ type: 'text-delta', text: `${choice}`, choice });
  const folded = fold?.result();
  expect([folded?.text, ...(folded?.alternatives ?? []).map(({ text: one }) => one)]).toEqual([
    '0',
    '1',
    '2',
  ]);
});

test('a completion unfolded into events folds into itself', () => {
  fc.assert(
    fc.property(
      fc.record({ id: text, model: text, created: fc.nat() }, { requiredKeys: [] }),
      completeChoice,
      fc.array(completeChoice, { maxLength: 3 }),
      (head, first, alternatives) => {
        const result: CompleteResult = {
          ...head,
          ...first,
          ...(alternatives.length === 0 ? {} : { alternatives }),
        };
        const fold = completeTraits.fold?.();
        const events = completeTraits.unfold?.(result, { outputTokens: 1 }) ?? [];
        for (const event of events) fold?.add(event);
        expect(events.at(-1)).toEqual({ type: 'end', usage: { outputTokens: 1 } });
        expect(fold?.result()).toEqual(result);
      },
    ),
  );
});
