import { foldChat, type ChatEvent, type JsonObject } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openaiResponses } from '../src/index.js';
import { decodeStream, wireOf, type DecodedStream } from './decode-stream.js';

/** What grows, by the event that makes it grow. */
const KINDS = {
  'response.output_text.delta': { type: 'message', place: { content_index: 0, logprobs: [] } },
  'response.refusal.delta': { type: 'message', place: { content_index: 0 } },
  'response.reasoning_summary_text.delta': { type: 'reasoning', place: { summary_index: 0 } },
  'response.reasoning_text.delta': { type: 'reasoning', place: { content_index: 0 } },
  'response.function_call_arguments.delta': { type: 'function_call', place: {} },
} as const;

interface Piece {
  readonly item: number;
  readonly delta: string;
  readonly place: JsonObject;
}

interface Answer {
  readonly kinds: readonly (keyof typeof KINDS)[];
  /** In what order the items grow, which may be side by side. */
  readonly pieces: readonly Piece[];
  /** Where servers put the number: first, in the middle or last. */
  readonly numberAt: number;
  readonly named: boolean;
  /** Items that are done half way, or told of only then. */
  readonly done: ReadonlySet<number>;
  readonly late: ReadonlySet<number>;
}

function payloads({ kinds, pieces, numberAt, named, done, late }: Answer): JsonObject[] {
  const added = (index: number): JsonObject => {
    const { type } = KINDS[kinds[index] ?? 'response.output_text.delta'];
    const call = type === 'function_call' ? { call_id: `call_${index}`, name: 'f' } : {};
    const item = { type, ...(named ? { id: `item_${index}` } : {}), ...call };
    return { type: 'response.output_item.added', output_index: index, item };
  };
  const grown = ({ item, delta, place }: Piece): JsonObject => {
    const type = kinds[item] ?? 'response.output_text.delta';
    const id = named ? { item_id: `item_${item}` } : {};
    return { type, ...id, output_index: item, delta, ...KINDS[type].place, ...place };
  };
  const half = Math.ceil(pieces.length / 2);
  const response = { id: 'resp_1', status: 'completed', output: [], usage: { input_tokens: 1 } };
  const indexes = kinds.map((_, index) => index);
  return [
    { type: 'response.created', response: { id: 'resp_1', model: 'm', output: [] } },
    ...indexes.filter((index) => !late.has(index)).map((index) => added(index)),
    ...pieces.slice(0, half).map((piece) => grown(piece)),
    ...indexes.filter((index) => late.has(index)).map((index) => added(index)),
    ...indexes
      .filter((index) => done.has(index))
      .map((index) => ({ ...added(index), type: 'response.output_item.done' })),
    ...pieces.slice(half).map((piece) => grown(piece)),
    { type: 'response.completed', response },
  ].map((event, number) => {
    const members = Object.entries<unknown>(event);
    members.splice(Math.min(numberAt, members.length), 0, ['sequence_number', number]);
    const pad = 'delta' in event ? { obfuscation: 'x'.repeat(number % 7) } : {};
    return { ...Object.fromEntries(members), ...pad } as JsonObject;
  });
}

/** Spaces before a brace keep any template from fitting, and mean nothing. */
function uneven(events: readonly JsonObject[]): string {
  return wireOf(
    events.map((one, index) => `{${' '.repeat(index + 1)}${JSON.stringify(one).slice(1)}`),
  );
}

function read(wire: string): DecodedStream<ChatEvent> {
  return decodeStream(openaiResponses, wire);
}

const answer: fc.Arbitrary<Answer> = fc
  .array(fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[])), {
    minLength: 1,
    maxLength: 3,
  })
  .chain((kinds) => {
    const item = fc.nat(kinds.length - 1);
    const place = fc.oneof(
      { arbitrary: fc.constant({}), weight: 6 },
      {
        arbitrary: fc.constantFrom<JsonObject>({ content_index: 1 }, { summary_index: 1 }),
        weight: 1,
      },
      { arbitrary: fc.constant({ logprobs: [{ token: 'a', logprob: -1 }] }), weight: 1 },
    );
    // Most real streams repeat one shape.
    const run = fc
      .tuple(item, place, fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 6 }))
      .map(([index, at, texts]) => texts.map((delta) => ({ item: index, delta, place: at })));
    return fc.record({
      kinds: fc.constant(kinds),
      pieces: fc.array(run, { maxLength: 5 }).map((runs) => runs.flat()),
      numberAt: fc.constantFrom(0, 1, 9),
      named: fc.boolean(),
      done: fc.uniqueArray(item).map((list) => new Set(list)),
      late: fc.uniqueArray(item).map((list) => new Set(list)),
    });
  });

describe('A streamed response whose deltas differ in their text and number alone', () => {
  it('gives the events that parsing every one of them would give', () => {
    fc.assert(
      fc.property(answer, (one) => {
        const events = payloads(one);
        const fast = read(wireOf(events));
        const slow = read(uneven(events));
        expect(fast.events).toEqual(slow.events);
        expect(fast.error).toEqual(slow.error);
        expect(fast.warnings).toEqual(slow.warnings);
      }),
      { numRuns: 500 },
    );
  });

  it('folds to all its text', () => {
    const words = Array.from({ length: 50 }, (_, index) => `"${index}\\ 😀\n`);
    const pieces = words.map((delta) => ({ item: 0, delta, place: {} }));
    const whole: Answer = {
      kinds: ['response.output_text.delta'],
      pieces,
      numberAt: 1,
      named: true,
      done: new Set(),
      late: new Set(),
    };
    const fold = foldChat();
    for (const event of read(wireOf(payloads(whole))).events) fold.add(event);
    expect(fold.result().message.content).toMatchObject([{ type: 'text', text: words.join('') }]);
  });

  it('does not reach an item that took the place of another, nor pass for an error', () => {
    const delta = (text: string): JsonObject => ({
      type: 'response.output_text.delta',
      output_index: 0,
      content_index: 0,
      delta: text,
    });
    const message = { type: 'message', role: 'assistant' };
    const added = { type: 'response.output_item.added', output_index: 0, item: message };
    const done = { type: 'response.output_item.done', output_index: 0, item: message };
    const { events } = read(
      wireOf([added, delta('a'), delta('b'), done, added, delta('c'), delta('d')]),
    );
    const texts = events.flatMap((event) => (event.type === 'text-delta' ? [event] : []));
    expect(texts.map(({ index, text }) => `${index}${text}`)).toEqual(['0a', '0b', '1c', '1d']);
    const failed = read(`${wireOf([added, delta('a')])}event: error\n${wireOf([delta('b')])}`);
    expect(failed.error).toMatchObject({ code: 'server' });
    expect(failed.events.filter(({ type }) => type === 'text-delta')).toHaveLength(1);
  });
});
