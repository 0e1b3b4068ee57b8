import { Events, eventsOf, type Outcome } from '@inferway/core';
import { settle } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf, failure, ManualSource, Recorder } from './helpers.js';

const isContent = (event: string): boolean => event.startsWith('c');

describe('observing', () => {
  test('observers are told innermost first, and a cost that one sets is seen by those outside', async () => {
    const events = new Events(eventsOf(['a']));
    const order: string[] = [];
    events.observe({
      end(outcome: Outcome) {
        order.push('inner');
        outcome.cost = { known: true, total: 7, source: 'price' };
      },
    });
    events.observe({
      end({ cost }) {
        order.push(`outer ${cost?.known === true ? cost.total : 'unknown'}`);
      },
    });
    while (!(await events.next()).done);
    expect(order).toEqual(['inner', 'outer 7']);
    expect(events.outcome?.cost).toMatchObject({ total: 7 });
  });

  test('waiting is told before each pull and not for what is already there', async () => {
    const events = new Events(eventsOf(['a', 'b', 'c']));
    const recorder = new Recorder<string>();
    events.observe(recorder);
    await events.next();
    expect(recorder.waits).toBe(1);
    await events.next();
    await events.next();
    expect(recorder.waits).toBe(1);
    await events.next();
    expect(recorder.waits).toBe(2);
  });

  test('an observer that comes after the end is told the end at once', async () => {
    const events = new Events(eventsOf<string>([]));
    await events.next();
    const recorder = new Recorder<string>();
    events.observe(recorder);
    expect(recorder.ends).toMatchObject([{ status: 'complete' }]);
  });

  test('an observer that throws fails the stream and closes the source', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source);
    const outer = new Recorder<string>();
    events.observe({
      event(event) {
        if (event === 'b') throw failure('budget');
      },
    });
    events.observe(outer);
    const first = events.next();
    await settle();
    source.give('a');
    await first;
    const second = errorOf(events.next());
    await settle();
    source.give('b');
    expect((await second).code).toBe('budget');
    expect(source.cancelled).toMatchObject([{ code: 'budget' }]);
    expect(outer.ends).toMatchObject([{ status: 'failed' }]);
  });

  test('an observer whose waiting throws fails the stream', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source).observe({
      waiting() {
        throw failure('budget');
      },
    });
    expect((await errorOf(events.next())).code).toBe('budget');
    expect(source.pulls).toBe(0);
    expect(source.cancelled).toHaveLength(1);
  });

  test('an end that throws is told to the reader, after every other observer was told', async () => {
    const events = new Events(eventsOf(['a']));
    const outer = new Recorder<string>();
    events.observe({
      end() {
        throw new TypeError('broken end');
      },
    });
    events.observe(outer);
    expect((await events.next()).value).toBe('a');
    expect((await errorOf(events.next())).cause).toBeInstanceOf(TypeError);
    expect(outer.ends).toHaveLength(1);
    expect((await events.next()).done).toBe(true);
  });

  test('an observer may cancel the stream: nothing more is delivered, not even the batch at hand', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source);
    const outer = new Recorder<string>();
    events.observe({ batch: () => events.cancel() }).observe(outer);
    const next = events.next();
    await settle();
    source.give('a', 'b');
    expect((await next).done).toBe(true);
    expect(outer.ends).toMatchObject([{ status: 'cancelled' }]);
    expect(outer.seen).toEqual([]);
  });
});

describe('priming', () => {
  test('reads to the first content and keeps everything for the reader', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source);
    const primed = events.prime(isContent);
    await settle();
    source.give('start');
    await settle();
    source.give('open', 'content', 'more');
    await primed;
    expect(source.pulls).toBe(2);
    const read: string[] = [];
    for (let i = 0; i < 4; i++) read.push((await events.next()).value as string);
    expect(read).toEqual(['start', 'open', 'content', 'more']);
  });

  test('a failure before the first content is thrown, and the preamble is not lost to observers', async () => {
    const source = new ManualSource<string>();
    const recorder = new Recorder<string>();
    const events = new Events(source).observe(recorder);
    const primed = errorOf(events.prime(isContent));
    await settle();
    source.give('start');
    await settle();
    source.break(failure('overloaded'));
    expect((await primed).code).toBe('overloaded');
    expect(recorder.seen).toEqual(['start']);
    expect(source.cancelled).toHaveLength(1);
  });

  test('priming again reads nothing more', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source);
    const primed = events.prime(isContent);
    await settle();
    source.give('content');
    await primed;
    await events.prime(isContent);
    expect(source.pulls).toBe(1);
  });

  test('an observer added after priming sees what was held back, once', async () => {
    const source = new ManualSource<string>();
    const inner = new Recorder<string>();
    const events = new Events(source).observe(inner);
    const primed = events.prime(isContent);
    await settle();
    source.give('start', 'content');
    await primed;
    const outer = new Recorder<string>();
    events.observe(outer);
    expect(await events.nextBatch()).toEqual(['start', 'content']);
    expect(inner.seen).toEqual(['start', 'content']);
    expect(outer.seen).toEqual(['start', 'content']);
  });

  test('an observer added after a stream ended without content sees its events before its end', async () => {
    const events = new Events(eventsOf(['start', 'open']));
    await events.prime(isContent);
    const late = new Recorder<string>();
    events.observe(late);
    expect(late.seen).toEqual(['start', 'open']);
    expect(late.ends).toMatchObject([{ status: 'complete' }]);
    expect(await events.nextBatch()).toEqual(['start', 'open']);
  });

  test('cancelling while priming rejects it: there is nothing to hand on', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source);
    const primed = errorOf(events.prime(isContent));
    await settle();
    events.cancel();
    expect((await primed).code).toBe('aborted');
  });

  test('a rule for content that throws closes the source', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source);
    const primed = errorOf(
      events.prime(() => {
        throw new TypeError('broken rule');
      }),
    );
    await settle();
    source.give('a');
    expect((await primed).cause).toBeInstanceOf(TypeError);
    expect(source.cancelled).toHaveLength(1);
  });

  test('a late observer that throws at what was held back fails the stream instead of leaving it open', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source);
    const primed = events.prime(isContent);
    await settle();
    source.give('content');
    await primed;
    events.observe({
      event() {
        throw failure('budget');
      },
    });
    expect(source.cancelled).toMatchObject([{ code: 'budget' }]);
    expect((await events.next()).value).toBe('content');
    expect((await errorOf(events.next())).code).toBe('budget');
  });
});
