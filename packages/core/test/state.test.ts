import {
  attemptBudget,
  createClient,
  setDeadline,
  deadlineOf,
  stateKey,
  type State,
} from '@inferway/core';
import { fakeProvider, say, virtualClock } from '@inferway/core/testing';
import { expect, test } from 'vitest';

const TENANT = stateKey<string>('tenant');
const LATER = stateKey<string>('set by a layer');

test('a fork is set up as the application set up the call, and has nothing of what came after', async () => {
  const clock = virtualClock();
  let seen: State | undefined;
  const client = createClient({
    providers: [fakeProvider({ script: say('x') })],
    clock,
    middleware: [
      (call, next) => {
        call.state.set(LATER, 'x');
        setDeadline(call.state, 5);
        seen = call.state;
        return next(call);
      },
    ],
  });
  await client.chat(
    { model: 'fake/m', messages: [{ role: 'user', content: 'hi' }] },
    { state: (state) => state.set(TENANT, 'acme') },
  );
  await clock.advance(7);
  const fork = seen?.fork();
  expect(fork?.get(TENANT)).toBe('acme');
  expect(fork?.get(LATER)).toBeUndefined();
  expect(fork && deadlineOf(fork)).toBeUndefined();
  expect(fork && attemptBudget(fork).made).toEqual([]);
  expect(fork?.startedAt).toBe(7);
  // And a fork of a fork is one, too.
  expect(fork?.fork().get(TENANT)).toBe('acme');
});
