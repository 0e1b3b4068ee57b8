import { InferwayError } from '@inferway/core';
import { fail, say, settle, stall, wait, type Step } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';
import { setUp } from './breaker-set-up.js';

describe('streams', () => {
  const content = say('a b c').slice(0, 4);

  test('that break after the commit point count once, as failures', async () => {
    const { stream, does, made, passes } = setUp();
    does(...content, fail('stream_interrupted'));
    for (let i = 0; i < 5; i++) await errorOf((await stream()).result as Promise<unknown>);
    expect(made()).toBe(5);
    expect(await passes()).toBe(false);
  });

  test('that stall after the commit point count as failures', async () => {
    const { stream, does, clock, passes } = setUp();
    does(...content, stall());
    for (let i = 0; i < 5; i++) {
      const reading = errorOf((await stream()).result as Promise<unknown>);
      await clock.advance(500);
      expect((await reading).code).toBe('timeout');
    }
    expect(await passes()).toBe(false);
  });

  test('that answer are successes from their first content on, not from their end', async () => {
    const { stream, does, failing, passes } = setUp();
    does(...content, stall());
    const open: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      const reply = await stream();
      const iterator = reply[Symbol.asyncIterator]();
      for (let event = 0; event < 3; event++) await iterator.next();
      open.push(iterator);
    }
    await failing(5);
    expect(await passes()).toBe(true);
    expect(open.length).toBe(6);
  });

  test('that their reader leaves say nothing before content, and a success after it', async () => {
    const { stream, does, failing, passes } = setUp();
    does(say('x')[0] as Step, stall());
    for (let i = 0; i < 8; i++) {
      const reply = await stream();
      const iterator = reply[Symbol.asyncIterator]();
      void iterator.next();
      await settle();
      await iterator.return?.();
    }
    await failing(4);
    expect(await passes()).toBe(true);
  });
});

describe('slow calls', () => {
  const slow = (ms: number) => [wait(ms), ...say('at last')];

  test('a stream whose first content comes late is a failure, the length of the answer is not', async () => {
    const { stream, does, clock, passes } = setUp({ slowFirstMs: 200 });
    const read = async (): Promise<unknown> => {
      const reading = stream()
        .then((reply) => reply.text)
        .catch(InferwayError.from);
      await clock.advance(600);
      return reading;
    };
    does(...say('a').slice(0, 4), wait(400), ...say('a').slice(4));
    for (let i = 0; i < 6; i++) await read();
    does(...slow(201));
    for (let i = 0; i < 6; i++) expect(await read()).toBe('at last');
    does(...say('x'));
    expect(await passes()).toBe(false);
  });

  test('the time that the reader takes is not the provider’s', async () => {
    const { stream, does, clock, made } = setUp({ slowFirstMs: 200 });
    does(...slow(100));
    for (let i = 0; i < 8; i++) {
      const opening = stream();
      await clock.advance(100);
      const reply = await opening;
      await clock.advance(1000);
      await reply.text;
    }
    expect(made()).toBe(8);
  });

  test('none is by default', async () => {
    const { stream, does, clock, made } = setUp();
    does(...slow(60_000));
    for (let i = 0; i < 6; i++) {
      const reading = stream().then((reply) => reply.text);
      await clock.advance(60_000);
      await reading;
    }
    expect(made()).toBe(6);
  });
});
