import { emit, fail, say, settle, stall, wait, type Script } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { countingSignal, errorOf } from '../helpers.js';
import { setUp } from './coalesce-rig.js';

describe('streams', () => {
  const slow: Script = say('one two three').flatMap((step) =>
    step.do === 'emit' ? [wait(10), step] : [step],
  );

  test('whoever joins gets all events from the beginning, then live', async () => {
    const { clock, provider, stream } = setUp(slow);
    const first = await stream();
    const early = first.text as unknown as Promise<string>;
    const got = early.then((text) => text);
    await clock.advance(40);
    const late = await stream();
    const events: string[] = [];
    const reading = (async () => {
      for await (const event of late) events.push(event.type);
    })();
    await settle();
    expect(events).toEqual(['start', 'part-start', 'text-delta', 'text-delta']);
    await clock.advance(100);
    await reading;
    expect(await got).toBe('one two three');
    expect(events.at(-1)).toBe('end');
    expect((await late.result).text).toBe('one two three');
    expect([first.meta.coalesced, late.meta.coalesced]).toEqual([undefined, true]);
    expect([provider.attempts.length, clock.timers, provider.open]).toEqual([1, 0, 0]);
  });

  test('a reader that takes its time stops nobody', async () => {
    const { provider, stream } = setUp(say('one two three'));
    const [stuck, quick] = await Promise.all([stream(), stream()]);
    expect((await quick.result).text).toBe('one two three');
    expect(provider.open).toBe(0);
    expect((await stuck.result).text).toBe('one two three');
    expect(stuck.cost).toBeUndefined();
    expect(quick.cost).toEqual({ known: true, total: 0, source: 'price' });
  });

  test('nothing is read ahead of the foremost reader', async () => {
    const { provider, stream } = setUp([...say('one').slice(0, 4), stall()]);
    const [a, b] = await Promise.all([stream(), stream()]);
    await settle();
    a.cancel();
    await settle();
    expect(provider.open).toBe(1);
    b.cancel();
    expect(provider.open).toBe(0);
  });

  test('one who leaves hurts nobody; the last one closes the provider’s stream at once', async () => {
    const { clock, provider, stream } = setUp(slow);
    const { controller, signal, count } = countingSignal();
    const leader = await stream({ signal });
    const follower = await stream();
    const reading = (async () => {
      for await (const event of leader) if (event.type === 'text-delta') break;
    })();
    await clock.advance(30);
    await reading;
    expect(provider.open).toBe(1);
    const rest = follower.result;
    await clock.advance(200);
    expect((await rest).text).toBe('one two three');
    const starting = stream({ signal });
    await clock.advance(10);
    const alone = await starting;
    controller.abort();
    await settle();
    expect([provider.open, count()]).toEqual([0, 0]);
    expect((await errorOf(alone.result)).code).toBe('aborted');
  });

  test('a failure reaches all, each as an error of its own with its own partial answer', async () => {
    const { stream } = setUp([...say('one two three').slice(0, 5), fail('stream_interrupted')]);
    const streams = await Promise.all([stream(), stream(), stream()]);
    const errors = await Promise.all(streams.map((one) => errorOf(one.result)));
    expect(new Set(errors).size).toBe(3);
    expect(new Set(errors.map(({ partial }) => partial)).size).toBe(3);
    for (const error of errors) {
      expect(error.code).toBe('stream_interrupted');
      expect(error.partial).toMatchObject({ message: { content: [{ text: 'one two ' }] } });
    }
  });

  test('one that is longer than the bound takes nobody in any more, and is still whole for its readers', async () => {
    const long = say('word '.repeat(50)).flatMap((step) =>
      step.do === 'emit' ? [wait(1), step] : [step],
    );
    const { clock, provider, stream } = setUp(long, { maxBytes: 4000 });
    const first = await stream();
    const text = (first.result as Promise<{ text: string }>).then((result) => result.text);
    await clock.advance(45);
    const second = await stream();
    const other = (second.result as Promise<{ text: string }>).then((result) => result.text);
    await clock.advance(200);
    expect(await text).toBe('word '.repeat(50));
    expect(await other).toBe('word '.repeat(50));
    expect(provider.attempts).toHaveLength(2);
  });

  test('one who falls further behind than the bound is cut off, and only that one', async () => {
    const { stream } = setUp(say('word '.repeat(50)), { maxBytes: 2000 });
    const [stuck, quick] = await Promise.all([stream(), stream()]);
    expect((await quick.result).text).toBe('word '.repeat(50));
    const error = await errorOf(stuck.result);
    expect(error).toMatchObject({ code: 'too_large', param: 'maxBytes' });
  });

  test('one event larger than the bound is no reason to cut anybody off', async () => {
    const { stream } = setUp(
      [
        ...say('x').slice(0, 3),
        emit({ type: 'text-delta', index: 0, text: 'y'.repeat(10_000) }),
        ...say('x').slice(3),
      ],
      { maxBytes: 100 },
    );
    const { text } = (await (await stream()).result) as { text: string };
    expect(text).toHaveLength(10_001);
  });
});
