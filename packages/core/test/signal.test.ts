import { InferwayError, linkedController, listenTo, unlisten } from '@inferway/core';
import { countListeners } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';

const reason = new InferwayError('aborted', { message: 'enough' });

describe.each([
  ['of a controller of ours', () => linkedController(undefined)],
  ['of any controller', () => new AbortController()],
])('a signal %s', (_name, make) => {
  test('tells each listener once, and none that left', () => {
    const controller = make();
    const told: string[] = [];
    const listener = (name: string) => ({ handleEvent: () => void told.push(name) });
    const [first, second, gone] = [listener('first'), listener('second'), listener('gone')];
    listenTo(controller.signal, first);
    listenTo(controller.signal, gone);
    listenTo(controller.signal, second);
    unlisten(controller.signal, gone);
    unlisten(controller.signal, listener('never there'));
    expect(countListeners(controller.signal)).toBe(2);
    controller.abort(reason);
    controller.abort(reason);
    expect(told).toEqual(['first', 'second']);
    unlisten(controller.signal, first);
    expect(told.length).toBe(2);
  });

  test('does not tell who left while others were told', () => {
    const controller = make();
    const told: string[] = [];
    const second = { handleEvent: () => void told.push('second') };
    listenTo(controller.signal, {
      handleEvent() {
        told.push('first');
        unlisten(controller.signal, second);
      },
    });
    listenTo(controller.signal, second);
    controller.abort(reason);
    expect(told).toEqual(['first']);
    expect(controller.signal.reason).toBe(reason);
  });
});

describe('a race', () => {
  test('that the abort wins is over at once; what comes after that is handed in, and tells nobody', async () => {
    const link = linkedController(undefined);
    const told: unknown[] = [];
    const late: unknown[] = [];
    let resolve: (value: string) => void = () => {};
    const work = new Promise<string>((done) => (resolve = done));
    const raced = link.race(
      work,
      (value) => late.push(value),
      (value) => told.push(value),
    );
    link.abort(reason);
    await expect(raced).rejects.toBe(reason);
    expect(told).toEqual([undefined]);
    resolve('too late');
    await work;
    expect([told, late]).toEqual([[undefined], ['too late']]);
  });

  test('tells its end once, with what it brought, or without where it failed', async () => {
    const link = linkedController(undefined);
    const told: unknown[] = [];
    const over = (value?: string): void => void told.push(value);
    expect(await link.race(Promise.resolve('done'), undefined, over)).toBe('done');
    await expect(link.race(Promise.reject(reason), undefined, over)).rejects.toBe(reason);
    link.abort(reason);
    await expect(link.race(new Promise<string>(() => {}), undefined, over)).rejects.toBe(reason);
    expect(told).toEqual(['done', undefined, undefined]);
  });
});
