import { type CacheStore, memoryCache } from '@inferway/core/stores';
import { cache } from '@inferway/core/caching';
import { result, say, usage } from '@inferway/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cacheRig, type Input } from './rig.js';

/** A store whose entries the test can read and change. */
function openStore() {
  const entries = new Map<string, string>();
  const store: CacheStore = {
    get: (key) => entries.get(key),
    set: (key, value) => void entries.set(key, value),
    delete: (key) => void entries.delete(key),
  };
  return { entries, store };
}

async function oneEntry() {
  const { entries, store } = openStore();
  const rig = cacheRig(say('the answer'), { cache: { store } });
  await rig.chat();
  const [[key, text]] = [...entries] as [[string, string]];
  return { ...rig, entries, store, key, text };
}

describe('what is in a shared store and is no entry of ours', () => {
  test('any change to an entry, anywhere, makes it none', async () => {
    const { text, key, entries, chat, stream, provider } = await oneEntry();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length - 1),
        fc.string({ minLength: 1, maxLength: 1 }),
        fc.boolean(),
        async (at, put, cut) => {
          const changed = cut ? text.slice(0, at) : text.slice(0, at) + put + text.slice(at + 1);
          fc.pre(changed !== text);
          entries.set(key, changed);
          const before = provider.attempts.length;
          expect((await chat()).meta.cache).toBe('miss');
          entries.set(key, changed);
          expect(await (await stream()).text).toBe('the answer');
          expect(provider.attempts.length).toBe(before + 2);
        },
      ),
      { numRuns: 150 },
    );
  });

  test.each([
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    [
      'another’s JSON',
      '{"result":{"message":{"content":"owned"}},"meta":{"provider":"p","model":"m"}}',
    ],
    [
      'an entry of the first release',
      '{"result":{},"usage":{},"meta":{"provider":"p","model":"m"}}',
    ],
    ['an entry of a later one', '["inferway-cache-9","x",{}]'],
    [
      'a poisoned prototype',
      '{"__proto__":{"polluted":true},"meta":{"provider":"p","constructor":{}}}',
    ],
    ['the head alone', '["inferway-cache-2","'],
  ])('%s is a miss', async (_name, text) => {
    const { key, entries, chat } = await oneEntry();
    entries.set(key, text);
    const answer = await chat();
    expect(answer).toMatchObject({ text: 'the answer', meta: { cache: 'miss' } });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('an entry that came under another key is nobody’s answer', async () => {
    const { text, entries, chat, store } = await oneEntry();
    const other: Input = { messages: [{ role: 'user', content: 'something else' }] };
    await chat(other);
    const [, foreign] = [...entries.keys()] as [string, string];
    expect(entries.size).toBe(2);
    entries.set(foreign, text);
    expect((await chat(other)).meta.cache).toBe('miss');
    expect(store.get(foreign)).not.toBe(text);
  });

  test('an entry that claims to be from far ahead is a miss; a clock that is a little behind is not', async () => {
    const { entries, store } = openStore();
    const ahead = cacheRig(undefined, { cache: { store, ttlMs: 1000 } });
    await ahead.clock.advance(900);
    await ahead.chat();
    const behind = cacheRig(undefined, { cache: { store, ttlMs: 1000 } });
    expect((await behind.chat()).meta).toMatchObject({ cache: 'hit', cached: { ageMs: 0 } });
    entries.clear();
    await ahead.clock.advance(200);
    await ahead.chat();
    expect((await behind.chat()).meta.cache).toBe('miss');
  });

  test('a store that forgets to forget is no matter: the entry knows its time', async () => {
    const { store } = openStore();
    const { chat, clock } = cacheRig(undefined, { cache: { store, ttlMs: 1000 } });
    await chat();
    await clock.advance(1000);
    expect((await chat()).meta.cache).toBe('miss');
  });
});

test('a member named __proto__ in an answer stays a member', async () => {
  const fields = JSON.parse('{"__proto__":{"polluted":1},"a":1}') as object;
  const answer = {
    message: { role: 'assistant', content: [{ type: 'text', text: 'x' }] },
    finishReason: { unified: 'stop' },
    passthrough: { format: 'f', fields },
  };
  const { chat } = cacheRig([usage({ outputTokens: 1 }), result(answer)]);
  await chat();
  const hit = await chat();
  expect(hit.meta.cache).toBe('hit');
  expect(JSON.stringify(hit.passthrough?.fields)).toBe(JSON.stringify(fields));
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test('one cache keeps calls of tools, another on the same store does not serve them', async () => {
  const store = memoryCache();
  const call = [
    usage({ outputTokens: 1 }),
    result({
      message: {
        role: 'assistant',
        content: [{ type: 'tool-call', id: '1', name: 'f', arguments: '{}' }],
      },
      finishReason: { unified: 'tool-calls' },
    }),
  ];
  const keeps = cacheRig(call, { cache: { store, toolCalls: true } });
  await keeps.chat();
  expect((await keeps.chat()).meta.cache).toBe('hit');
  const strict = cacheRig(call, { cache: { store } });
  expect((await strict.chat()).meta.cache).toBe('miss');
});

test('an answer above maxEntryBytes is not kept, one just below is', async () => {
  const { entries, store } = openStore();
  const text = 'x'.repeat(1000);
  const { chat } = cacheRig(say(text), { cache: { store } });
  await chat();
  const size = 2 * ([...entries.values()][0] as string).length;
  for (const [maxEntryBytes, kept] of [
    [size - 1, 0],
    [size, 1],
  ] as const) {
    const tight = openStore();
    await cacheRig(say(text), { cache: { store: tight.store, maxEntryBytes } }).chat();
    expect(tight.entries.size).toBe(kept);
  }
  expect(() => cache({ scope: 'shared', maxEntryBytes: 0 })).toThrow(
    expect.objectContaining({ param: 'maxEntryBytes' }),
  );
});
