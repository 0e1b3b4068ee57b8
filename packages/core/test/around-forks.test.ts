import { aroundForks, createClient, type ChainEvent, type Middleware } from '@inferway/core';
import { cache } from '@inferway/core/caching';
import { monitor } from '@inferway/core/middleware';
import { fakeProvider, type FakeProvider, say, settle, virtualClock } from '@inferway/core/testing';
import { expect, test } from 'vitest';

const question = { model: 'a/m', messages: [{ role: 'user', content: 'hi' }] } as const;
const stale = (): Middleware => cache({ scope: 'shared', ttlMs: 100, staleMs: 10_000 });

function bench(outer: readonly Middleware[]): {
  readonly provider: FakeProvider<'a', 'chat'>;
  readonly ask: () => Promise<void>;
} {
  const clock = virtualClock();
  const provider = fakeProvider({ name: 'a', script: say('hello') });
  const client = createClient({ providers: [provider], clock, middleware: [...outer, stale()] });
  const ask = async (): Promise<void> => {
    await client.chat(question);
    await clock.advance(200);
    await settle();
  };
  return { provider, ask };
}

test('a refresh behind a stale answer goes through the layers around forks, outermost first, and has a state of its own', async () => {
  const seen: string[] = [];
  const around =
    (name: string): Middleware =>
    (call, next) => {
      aroundForks(call.state, (own, go) => {
        seen.push(`${name} ${own.state === call.state ? 'same' : 'own'} state`);
        return go(own) as ReturnType<Middleware>;
      });
      return next(call) as ReturnType<Middleware>;
    };
  const { ask, provider } = bench([around('outer'), around('inner')]);
  await ask();
  expect(seen).toEqual([]);
  await ask();
  expect(provider.attempts).toHaveLength(2);
  expect(seen).toEqual(['outer own state', 'inner own state']);
});

test('a layer that throws fails the refresh, not the call that was served', async () => {
  const heard: ChainEvent[] = [];
  const broken: Middleware = (call, next) => {
    aroundForks(call.state, () => Promise.reject(new Error('mistake')));
    return next(call) as ReturnType<Middleware>;
  };
  const { ask, provider } = bench([monitor({ onEvent: (event) => heard.push(event) }), broken]);
  await ask();
  await ask();
  expect(provider.attempts).toHaveLength(1);
  expect(heard).toContainEqual(
    expect.objectContaining({ type: 'cache-refresh', result: 'failed' }),
  );
});

test('the monitor hears the attempts and the end of a refresh', async () => {
  const heard: ChainEvent[] = [];
  const { ask } = bench([monitor({ onEvent: (event) => heard.push(event) })]);
  await ask();
  await ask();
  const types = heard.map(({ type }) => type).filter((type) => !type.startsWith('cache'));
  expect(types.toSorted()).toEqual(['attempt', 'attempt', 'call', 'call', 'call']);
});
