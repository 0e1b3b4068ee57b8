import { attemptIdOf, callId, callIdOf, createClient, type State } from '@inferway/core';
import { fakeProvider, say, virtualClock } from '@inferway/core/testing';
import { expect, test } from 'vitest';

async function stateOf(setUp?: (state: State) => void): Promise<State> {
  let seen: State | undefined;
  const client = createClient({
    providers: [fakeProvider({ script: say('x') })],
    clock: virtualClock(),
    middleware: [
      (call, next) => {
        seen = call.state;
        return next(call);
      },
    ],
  });
  await client.chat(
    { model: 'fake/m', messages: [{ role: 'user', content: 'hi' }] },
    setUp === undefined ? {} : { state: setUp },
  );
  if (seen === undefined) throw new Error('no call was made');
  return seen;
}

const first = { number: 1, provider: 'p', model: 'm', startedMs: 0 };

test('a call has one id, made on first use or given', async () => {
  const made = await stateOf();
  expect(callIdOf(made)).toMatch(/^[0-9a-f-]{36}$/u);
  expect(callIdOf(made)).toBe(callIdOf(made));
  const given = await stateOf((state) => state.set(callId, 'request-7'));
  expect(callIdOf(given)).toBe('request-7');
  expect(attemptIdOf(given, first)).toBe('request-7:1');
});

test('a fork has an id of its own, also where the application gives one, so that its attempts are not taken for those of the call', async () => {
  const state = await stateOf((one) => one.set(callId, 'request-7'));
  const forks = [state.fork(), state.fork(), state.fork().fork()];
  const ids = [state, ...forks].map((one) => attemptIdOf(one, first));
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^request-7/u);
});
