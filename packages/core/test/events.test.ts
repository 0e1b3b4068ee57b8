import { Events, eventsOf, InferwayError } from '@inferway/core';
import { settle } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf, failure, ManualSource, Recorder } from './helpers.js';

describe('reading', () => {
  test('events come one by one, whatever the batches were', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source);
    const read: string[] = [];
    const reading = (async () => {
      for await (const event of events) read.push(event);
    })();
    await settle();
    source.give('a', 'b');
    await settle();
    source.give('c');
    await settle();
    source.finish();
    await reading;
    expect(read).toEqual(['a', 'b', 'c']);
    expect(events.outcome?.status).toBe('complete');
  });

  test('nothing is pulled before somebody reads', async () => {
    const source = new ManualSource<string>();
    new Events(source).observe(new Recorder());
    await settle();
    expect(source.pulls).toBe(0);
  });

  test('a batch is the rest of the one that was begun, or the next one', async () => {
    const events = new Events(eventsOf(['a', 'b', 'c']));
    expect((await events.next()).value).toBe('a');
    expect(await events.nextBatch()).toEqual(['b', 'c']);
    expect(await events.nextBatch()).toBeUndefined();
    expect((await events.next()).done).toBe(true);
  });

  test('two pending readers get the events in order and each event once', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source);
    const first = events.next();
    const batch = events.nextBatch();
    const third = events.next();
    await settle();
    source.give('a', 'b', 'c');
    await settle();
    source.give('d', 'e');
    await settle();
    expect((await first).value).toBe('a');
    expect(await batch).toEqual(['b', 'c']);
    expect((await third).value).toBe('d');
    expect((await events.next()).value).toBe('e');
  });

  test('the source is pulled once at a time', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source);
    void events.next();
    void events.next();
    void events.next();
    await settle();
    expect(source.pulls).toBe(1);
  });

  test('a list that is empty against the contract is passed over', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source);
    const next = events.next();
    await settle();
    source.give();
    await settle();
    source.give('a');
    expect((await next).value).toBe('a');
  });
});

describe('failing', () => {
  test('what came before a failure is delivered first, and the failure is thrown once', async () => {
    const source = new ManualSource<string>();
    source.usage = { outputTokens: 3 };
    const events = new Events(source);
    const recorder = new Recorder<string>();
    events.observe(recorder);
    const first = events.next();
    await settle();
    source.give('a', 'b');
    expect((await first).value).toBe('a');
    expect((await events.next()).value).toBe('b');
    const third = errorOf(events.next());
    await settle();
    source.break(failure('stream_interrupted'));
    expect((await third).code).toBe('stream_interrupted');
    expect((await events.next()).done).toBe(true);
    expect(recorder.ends).toMatchObject([
      { status: 'failed', usage: { outputTokens: 3 }, error: { code: 'stream_interrupted' } },
    ]);
    expect(source.cancelled).toHaveLength(1);
  });

  test('a source that throws at once fails like one that rejects', async () => {
    const events = new Events<string>({
      pull() {
        throw new TypeError('broken source');
      },
      cancel() {},
    });
    const error = await errorOf(events.next());
    expect(error.code).toBe('internal');
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  test('a source whose cancel throws still ends, and the reader learns of it once', async () => {
    const events = new Events<string>({
      pull: () => new Promise(() => {}),
      cancel() {
        throw new TypeError('broken cancel');
      },
    });
    const recorder = new Recorder<string>();
    events.observe(recorder);
    const next = errorOf(events.next());
    events.cancel();
    expect(recorder.ends).toMatchObject([{ status: 'cancelled' }]);
    expect((await next).cause).toBeInstanceOf(TypeError);
    expect((await events.next()).done).toBe(true);
  });
});

describe('leaving', () => {
  test('return before the first read reaches the source', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source);
    const recorder = new Recorder<string>();
    events.observe(recorder);
    await events.return();
    expect(source.cancelled).toMatchObject([{ code: 'aborted' }]);
    expect(recorder.ends).toMatchObject([{ status: 'cancelled' }]);
    expect((await events.next()).done).toBe(true);
    expect(source.pulls).toBe(0);
  });

  test('leaving the loop reaches the source', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source);
    const reading = (async () => {
      for await (const event of events) if (event === 'a') break;
    })();
    await settle();
    source.give('a', 'b');
    await reading;
    expect(source.cancelled).toHaveLength(1);
    expect(await events.nextBatch()).toBeUndefined();
  });

  test('await using closes the source at the end of the block', async () => {
    const source = new ManualSource<string>();
    {
      await using events = new Events(source);
      expect(events.outcome).toBeUndefined();
    }
    expect(source.cancelled).toHaveLength(1);
  });

  test('cancel ends a read that waits, even where the source never settles', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source);
    const next = events.next();
    await settle();
    events.cancel();
    expect(await next).toEqual({ done: true, value: undefined });
    source.give('late');
    await settle();
    expect((await events.next()).done).toBe(true);
  });

  test('cancel in the moment between a pull and its delivery delivers nothing', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source);
    const item = events.next();
    const batch = events.nextBatch();
    await settle();
    source.give('a', 'b');
    await undefined;
    events.cancel();
    expect((await item).done).toBe(true);
    expect(await batch).toBeUndefined();
  });

  test('cancelling twice tells the source and the observers once', () => {
    const source = new ManualSource<string>();
    const events = new Events(source);
    const recorder = new Recorder<string>();
    events.observe(recorder);
    events.cancel();
    events.cancel();
    expect(source.cancelled).toHaveLength(1);
    expect(recorder.ends).toHaveLength(1);
  });
});

describe('aborting', () => {
  test('an abort while pulling rejects the read at once, even where the source never settles', async () => {
    const controller = new AbortController();
    const source = new ManualSource<string>();
    const events = new Events(source, controller.signal);
    const next = errorOf(events.next());
    await settle();
    controller.abort('any reason');
    const error = await next;
    expect(error.code).toBe('aborted');
    expect(error.cause).toBe('any reason');
    expect(source.cancelled).toEqual([error]);
    expect(events.outcome?.status).toBe('cancelled');
  });

  test('an abort between reads is thrown by the next one', async () => {
    const controller = new AbortController();
    const source = new ManualSource<string>();
    const events = new Events(source, controller.signal);
    const first = events.next();
    await settle();
    source.give('a');
    await first;
    controller.abort();
    expect(source.cancelled).toHaveLength(1);
    expect((await errorOf(events.next())).code).toBe('aborted');
  });

  test('a signal that is aborted already closes the source in the constructor', async () => {
    const source = new ManualSource<string>();
    const events = new Events(source, AbortSignal.abort());
    expect(source.cancelled).toHaveLength(1);
    expect((await errorOf(events.next())).code).toBe('aborted');
    expect(source.pulls).toBe(0);
  });

  test('an abort for a time-out counts as a failure, not as the reader leaving', async () => {
    const controller = new AbortController();
    const events = new Events(new ManualSource<string>(), controller.signal);
    controller.abort(failure('timeout'));
    expect(events.outcome).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
  });

  test('a reader who leaves after an abort is told of it no more', async () => {
    const controller = new AbortController();
    const events = new Events(new ManualSource<string>(), controller.signal);
    controller.abort();
    events.cancel();
    expect((await events.next()).done).toBe(true);
  });

  test('an abort after the end changes nothing', async () => {
    const controller = new AbortController();
    const events = new Events(eventsOf(['a']), controller.signal);
    expect(await events.nextBatch()).toEqual(['a']);
    expect(await events.nextBatch()).toBeUndefined();
    controller.abort();
    expect(events.outcome?.status).toBe('complete');
    expect((await events.next()).done).toBe(true);
  });
});

test('usage is what the source has so far, and what it had at the end', async () => {
  const source = new ManualSource<string>();
  const events = new Events(source);
  expect(events.usage).toBeUndefined();
  source.usage = { outputTokens: 1 };
  expect(events.usage).toEqual({ outputTokens: 1 });
  events.cancel();
  source.usage = { outputTokens: 2 };
  expect(events.usage).toEqual({ outputTokens: 1 });
  expect(InferwayError.is(events.outcome?.error)).toBe(true);
});
