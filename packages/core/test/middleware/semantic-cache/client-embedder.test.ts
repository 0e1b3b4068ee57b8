import { callerOf, caller, createClient, stateKey, type Call } from '@inferway/core';
import { clientEmbedder, semanticCache } from '@inferway/core/semantic';
import { fakeProvider, result, say, stall, usage, virtualClock } from '@inferway/core/testing';
import { expect, test } from 'vitest';

const TEAM = stateKey<string>('team');

function embeddings(script: Parameters<typeof fakeProvider>[0]['script']) {
  const seen: Call[] = [];
  const provider = fakeProvider({ name: 'vectors', operations: ['embed'], script });
  const client = createClient({
    providers: [provider],
    clock: virtualClock(),
    middleware: [
      (call, next) => {
        seen.push(call);
        return next(call);
      },
    ],
  });
  return { client, seen, provider };
}

test('embeds through its client’s own chain, for the same caller, and says what it took', async () => {
  const { client, seen } = embeddings([
    usage({ inputTokens: 4 }),
    result({ embeddings: [[1, 2]] }),
  ]);
  const embed = clientEmbedder(client, {
    model: 'vectors/small',
    dimensions: 2,
    state: (state) => state.set(TEAM, 'search'),
  });
  const clock = virtualClock();
  const chats = createClient({
    providers: [fakeProvider({ script: (_call, n) => say(`answer ${n}`) })],
    clock,
    middleware: [semanticCache({ scope: (call) => callerOf(call.state).tenant, embed })],
  });
  const ask = (content: string) =>
    chats.chat(
      { model: 'fake/m', messages: [{ role: 'user', content }] },
      { state: (state) => state.set(caller, { tenant: 'acme', user: 'u' }) },
    );
  await ask('one thing');
  expect((await ask('that thing')).text).toBe('answer 1');
  expect(seen.length).toBe(2);
  const [call] = seen as [Call, Call];
  expect(call).toMatchObject({
    operation: 'embed',
    model: { provider: 'vectors', id: 'small' },
    request: { input: 'one thing', dimensions: 2 },
  });
  expect(callerOf(call.state)).toEqual({ tenant: 'acme', user: 'u' });
  expect(call.state.get(TEAM)).toBe('search');
});

test('knows the models that its client can embed with', () => {
  const { client } = embeddings([]);
  clientEmbedder(client, { model: 'vectors/any' });
  // @ts-expect-error no provider of the client has this name
  clientEmbedder(client, { model: 'other/any' });
  expect(() => clientEmbedder(client, { model: 'vectors/any' })).not.toThrow();
});

test('vectors of two models are never compared', () => {
  const { client } = embeddings([result({ embeddings: [[1, 2]] })]);
  const one = clientEmbedder(client, { model: 'vectors/small' });
  const other = clientEmbedder(client, { model: 'vectors/large' });
  const shorter = clientEmbedder(client, { model: 'vectors/small', dimensions: 1 });
  expect(new Set([one.space, other.space, shorter.space]).size).toBe(3);
});

test('a look-up that is out of time closes the embedding’s connection', async () => {
  const { client, provider } = embeddings([stall()]);
  const clock = virtualClock();
  const chats = createClient({
    providers: [fakeProvider({ script: say('x') })],
    clock,
    middleware: [
      semanticCache({ scope: 'shared', embed: clientEmbedder(client, { model: 'vectors/small' }) }),
    ],
  });
  const running = chats.chat({ model: 'fake/m', messages: [{ role: 'user', content: 'hi' }] });
  await clock.advance(999);
  expect(provider.open).toBe(1);
  await clock.advance(1);
  expect((await running).meta.cache).toBe('miss');
  expect(provider.open).toBe(0);
});

test('a client that cannot embed, and a model that is none, are refused', () => {
  const { client } = embeddings([]);
  expect(() => clientEmbedder({} as typeof client, { model: 'vectors/b' })).toThrow(
    expect.objectContaining({ code: 'configuration', param: 'client' }),
  );
  expect(() => clientEmbedder(client, {} as never)).toThrow(
    expect.objectContaining({ param: 'model' }),
  );
});
