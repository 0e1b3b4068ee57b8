import { createClient, type ChatEvent } from '@inferway/core';
import { cache } from '@inferway/core/caching';
import {
  accept,
  emit,
  fakeProvider,
  say,
  settle,
  virtualClock,
  wait,
} from '@inferway/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  EventPacker,
  unpackEvents,
  type PackedEvent,
} from '../../../src/middleware/answers/packed-events.js';
import { cacheRig } from './rig.js';

const text = (piece: string): ChatEvent => ({ type: 'text-delta', index: 0, text: piece });

/** A reply in three reads, 300 and 1,200 ms apart. */
const slowly = [
  wait(500),
  accept(),
  emit(
    { type: 'start', id: 'x' },
    { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
    text('one '),
  ),
  wait(300),
  emit(text('two '), text('three ')),
  wait(1200),
  emit(
    text('four'),
    { type: 'part-end', index: 0 },
    { type: 'finish', finishReason: { unified: 'stop', raw: 'end_turn' } },
    { type: 'end', usage: { inputTokens: 3, outputTokens: 4 } },
  ),
];

async function readAll(events: AsyncIterable<ChatEvent>): Promise<ChatEvent[]> {
  const all: ChatEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe('a stream that was recorded', () => {
  test('comes again event by event, at once', async () => {
    const { stream, chat, clock } = cacheRig(slowly);
    const reading = readAll(
      await (async () => {
        const opening = stream();
        await clock.advance(500);
        return opening;
      })(),
    );
    await clock.advance(2000);
    const first = await reading;
    expect(first.length).toBe(9);
    const again = await stream();
    expect(again.meta.cache).toBe('hit');
    expect(JSON.stringify(await readAll(again))).toBe(JSON.stringify(first));
    expect((await chat()).text).toBe('one two three four');
    expect((await chat()).usage).toEqual(again.usage);
  });

  test('comes in its rhythm where that is asked for, from its first piece on', async () => {
    const { stream, clock } = cacheRig(slowly, { cache: { replayTiming: true } });
    const first = stream().then(readAll);
    await clock.advance(2000);
    const recorded = await first;
    const opened = await stream();
    const seen: number[] = [];
    const from = clock.now();
    const reading = (async () => {
      for await (const event of opened)
        if (event.type === 'text-delta') seen.push(clock.now() - from);
    })();
    await settle();
    expect(seen).toEqual([0]);
    await clock.advance(299);
    expect(seen).toEqual([0]);
    await clock.advance(1);
    expect(seen).toEqual([0, 300, 300]);
    await clock.advance(1200);
    await reading;
    expect(seen).toEqual([0, 300, 300, 1500]);
    expect(clock.timers).toBe(0);
    expect(recorded.length).toBe(9);
  });

  test('does not wait for who reads late, nor for a call that wants one result', async () => {
    const { stream, chat, clock } = cacheRig(slowly, { cache: { replayTiming: true } });
    const first = stream().then(readAll);
    await clock.advance(2000);
    await first;
    const opened = await stream();
    await opened[Symbol.asyncIterator]().next();
    await clock.advance(1500);
    expect(await (await chat()).text).toBe('one two three four');
    const rest = await readAll(opened);
    expect(rest.length).toBeGreaterThan(5);
    expect(clock.timers).toBe(0);
  });

  test.each(['abort', 'leave'] as const)('stops at once when its reader does: %s', async (how) => {
    const { stream, clock } = cacheRig(slowly, { cache: { replayTiming: true } });
    const first = stream().then(readAll);
    await clock.advance(2000);
    await first;
    const controller = new AbortController();
    const opened = await stream({}, { signal: controller.signal });
    const reading = readAll(opened).catch((error: { code: string }) => error.code);
    await clock.advance(100);
    expect(clock.timers).toBe(1);
    if (how === 'abort') controller.abort();
    else opened.cancel();
    expect(await reading).toEqual(how === 'abort' ? 'aborted' : expect.any(Array));
    expect(clock.timers).toBe(0);
  });
});

describe('an entry of a stream', () => {
  test('is small: pieces are kept as pieces', async () => {
    let kept = '';
    const store = {
      get: () => undefined,
      set: (_key: string, value: string) => void (kept = value),
      delete: () => {},
    };
    const { stream } = cacheRig(say('word '.repeat(500)), { cache: { store } });
    await (
      await stream()
    ).text;
    expect(kept.length).toBeLessThan(500 * 12);
  });

  test('that grows above the limit is not held to its end, and is not kept', async () => {
    const sets: string[] = [];
    const store = {
      get: () => undefined,
      set: (_key: string, value: string) => void sets.push(value),
      delete: () => {},
    };
    const { stream, chat, told } = cacheRig(say('word '.repeat(500)), {
      cache: { store, maxEntryBytes: 2000 },
    });
    await (
      await stream()
    ).text;
    await chat();
    expect(sets).toEqual([]);
    expect(told('cache-store')).toEqual([
      { type: 'cache-store', operation: 'write', problem: 'too-large' },
    ]);
  });

  test('of an operation without a fold is replayed too, with bytes', async () => {
    const chunk = (...data: number[]) => ({ type: 'audio-delta', data: Uint8Array.from(data) });
    const clock = virtualClock();
    const provider = fakeProvider({
      operations: ['speech'],
      script: [
        accept(),
        emit({ type: 'start', mediaType: 'audio/wav' }, chunk(1, 2)),
        emit(chunk(255), { type: 'end' }),
      ],
    });
    const client = createClient({
      providers: [provider],
      clock,
      middleware: [cache({ scope: 'shared' })],
    });
    const read = async () => {
      const all: unknown[] = [];
      for await (const event of await client.speech.stream({ model: 'fake/m', text: 'x' }))
        all.push(event);
      return all;
    };
    const first = await read();
    expect(await read()).toEqual(first);
    expect(provider.attempts.length).toBe(1);
  });
});

test('packed events are the events, whatever they are', () => {
  const event = fc.oneof(
    fc.record({ type: fc.constant('text-delta'), index: fc.nat(2), text: fc.string() }),
    fc.record({ type: fc.constant('tool-call-delta'), index: fc.nat(2), arguments: fc.string() }),
    fc.record({
      type: fc.constant('text-delta'),
      index: fc.nat(2),
      choice: fc.nat(1),
      text: fc.string(),
    }),
    fc.record({ text: fc.string(), more: fc.object() }),
    fc.record({ text: fc.integer() }),
    fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }),
    fc.array(fc.jsonValue(), { maxLength: 3 }),
  ) as fc.Arbitrary<object>;
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const packer = new EventPacker();
      for (const one of events) packer.add(one);
      const travelled = JSON.parse(JSON.stringify(packer.packed)) as PackedEvent[];
      expect(unpackEvents(travelled)).toEqual(JSON.parse(JSON.stringify(events)));
    }),
    { numRuns: 500 },
  );
});

test('what an event holds further in counts, too', () => {
  const packer = new EventPacker();
  packer.add({ text: 'a', logprobs: [{ token: 'x'.repeat(1000), bytes: new Uint8Array(500) }] });
  expect(packer.weight).toBeGreaterThan(1500);
});
