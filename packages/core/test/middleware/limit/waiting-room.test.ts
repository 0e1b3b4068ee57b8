import { State, type Call } from '@inferway/core';
import { settle, virtualClock } from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { priority, priorityOf } from '../../../src/middleware/queue/priority.js';
import { queueRules } from '../../../src/middleware/queue/queue-options.js';
import type { Entrant, Trial } from '../../../src/middleware/queue/waiter.js';
import { WaitingRoom } from '../../../src/middleware/queue/waiting-room.js';
import { failure } from '../../helpers.js';

const clock = virtualClock();
const newState = (): State => new State({ clock, traits: () => undefined });

/** An entrant whose tries are settled by the test. */
function manual() {
  const tries: ((trial: Trial<string>) => void)[] = [];
  const undone: string[] = [];
  const controller = new AbortController();
  const call = { signal: controller.signal, state: newState() } as unknown as Call;
  const entrant: Entrant<string> = {
    call,
    attempt: () => new Promise((resolve) => tries.push(resolve)),
    undo: (value) => undone.push(value),
    refusal: () => failure('rate_limit'),
  };
  return { entrant, tries, undone, controller };
}

test('room that is made while the store is asked is not overlooked', async () => {
  const room = new WaitingRoom<string>(queueRules('test', {}));
  const { entrant, tries } = manual();
  const waiting = room.enter(entrant, 'k', undefined);
  room.wake('k');
  expect(tries).toHaveLength(1);
  // Something is given back after the store refused and before its answer is here.
  room.wake('k');
  tries[0]?.({ granted: false, key: 'k', waitMs: undefined });
  await settle();
  expect(tries).toHaveLength(2);
  tries[1]?.({ granted: true, value: 'in' });
  expect(await waiting).toBe('in');
  expect(room.isEmpty).toBe(true);
  expect(room.hasLine('k')).toBe(false);
  expect(clock.timers).toBe(0);
});

test('who leaves while the store is asked gives back what it is granted, and the next is asked for', async () => {
  const room = new WaitingRoom<string>(queueRules('test', {}));
  const [first, second] = [manual(), manual()];
  const left = room.enter(first.entrant, 'k', undefined).catch(() => 'left');
  const stays = room.enter(second.entrant, 'k', undefined);
  room.wake('k');
  first.controller.abort();
  expect(await left).toBe('left');
  expect(second.tries).toHaveLength(1);
  first.tries[0]?.({ granted: true, value: 'too late' });
  second.tries[0]?.({ granted: true, value: 'in' });
  expect(await stays).toBe('in');
  expect(first.undone).toEqual(['too late']);
  expect(second.undone).toEqual([]);
  expect(clock.timers).toBe(0);
});

test('who is first in line and has to wait for something else makes way for those behind', async () => {
  const room = new WaitingRoom<string>(queueRules('test', {}));
  const [first, second] = [manual(), manual()];
  const moved = room.enter(first.entrant, 'a', undefined);
  const stays = room.enter(second.entrant, 'a', undefined);
  room.wake('a');
  first.tries[0]?.({ granted: false, key: 'b', waitMs: undefined });
  await settle();
  expect(second.tries).toHaveLength(1);
  second.tries[0]?.({ granted: true, value: 'second' });
  expect(await stays).toBe('second');
  expect([room.hasLine('a'), room.hasLine('b')]).toEqual([false, true]);
  room.wake('a');
  expect(first.tries).toHaveLength(1);
  room.wake('b');
  first.tries[1]?.({ granted: true, value: 'first' });
  expect(await moved).toBe('first');
  expect(room.isEmpty).toBe(true);
  expect(clock.timers).toBe(0);
});

test.each([
  [undefined, 0],
  [5, 5],
  [-3.7, -3],
  [1e9, 100],
  [Number.NEGATIVE_INFINITY, -100],
  [Number.NaN, 0],
  ['high', 0],
  [{}, 0],
])('a priority of %s counts as %d', (given, counts) => {
  const state = newState();
  if (given !== undefined) state.set(priority, given as number);
  expect(priorityOf(state)).toBe(counts);
});
