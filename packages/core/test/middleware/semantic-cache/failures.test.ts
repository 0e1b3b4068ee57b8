import { createClient } from '@inferway/core';
import { type CacheStore, memoryCache } from '@inferway/core/stores';
import {
  semanticCache,
  type SemanticCacheOptions,
  type VectorIndex,
} from '@inferway/core/semantic';
import { fakeProvider, say, settle, virtualClock } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { countingSignal, errorOf } from '../../helpers.js';
import { semanticRig } from './rig.js';

const never = (): Promise<never> => new Promise(() => {});
const down = async (): Promise<never> => {
  throw new Error('down');
};
const index = (change: Partial<VectorIndex>): VectorIndex => ({
  add: () => {},
  nearest: () => [],
  remove: () => {},
  ...change,
});

describe('what fails is a miss, and never an error', () => {
  test.each<[string, Partial<SemanticCacheOptions>]>([
    ['an embedder that rejects', { embed: down }],
    [
      'one that throws',
      {
        embed: () => {
          throw new Error('down');
        },
      },
    ],
    ['one that gives nothing', { embed: async () => undefined as never }],
    ['one that gives an empty vector', { embed: async () => [] }],
    ['one that gives no direction', { embed: async () => [0, 0] }],
    ['one that gives no numbers', { embed: async () => [Number.NaN, 1] }],
    ['one that gives words', { embed: async () => 'AAAA' as never }],
    ['one that gives far too many', { embed: async () => ({ vector: { length: 1e9 } as never }) }],
    [
      'an index that throws',
      {
        index: index({
          nearest: () => {
            throw new Error('down');
          },
        }),
      },
    ],
    ['an index that rejects', { index: index({ nearest: down, add: down }) }],
    [
      'an index that cannot add',
      {
        index: index({
          add: () => {
            throw new Error('down');
          },
        }),
      },
    ],
    [
      'a check that throws',
      {
        verify: () => {
          throw new Error('down');
        },
      },
    ],
    ['a check that gives something else than true', { verify: () => 'yes' as never }],
  ])('%s', async (_what, options) => {
    const { ask, provider, clock } = semanticRig(options);
    for (let i = 1; i <= 3; i++) expect((await ask('hi')).text).toBe(`answer ${i}`);
    await settle();
    expect(provider.attempts.length).toBe(3);
    expect(clock.timers).toBe(0);
  });

  test.each([[[Number.NaN, 1]], [[1, Number.POSITIVE_INFINITY]], [[0]], [[]]])(
    'a vector of %j is told as a failure of its embedder',
    async (vector) => {
      const { ask, told } = semanticRig({ embed: async () => vector });
      await ask('hi');
      expect(told('semantic-embed').at(-1)).toMatchObject({ result: 'failed', code: 'protocol' });
    },
  );

  test('an embedder that hangs is waited for a second, then stopped; after five it is left alone for five', async () => {
    const signals: AbortSignal[] = [];
    const { ask, clock, told, embedded } = semanticRig({
      embed: (_text, call) => {
        signals.push(call.signal);
        return never();
      },
    });
    for (let i = 0; i < 5; i++) {
      const running = ask('hi');
      await clock.advance(999);
      expect(signals.at(-1)?.aborted).toBe(false);
      await clock.advance(1);
      expect((await running).meta.cache).toBe('miss');
      expect(signals.at(-1)?.reason).toMatchObject({ code: 'timeout' });
    }
    await ask('hi');
    expect(embedded.length).toBe(5);
    expect(told('semantic-embed').at(-1)).toMatchObject({ result: 'resting' });
    await clock.advance(5000);
    const probing = ask('hi');
    await clock.advance(1000);
    await probing;
    expect(embedded.length).toBe(6);
    expect(clock.timers).toBe(0);
  });

  test('a check that hangs is no yes', async () => {
    const { ask, clock } = semanticRig({ verify: () => never(), lookupTimeoutMs: 200 });
    await ask('one thing');
    const running = ask('that thing');
    await clock.advance(200);
    expect((await running).text).toBe('answer 2');
  });

  test('a store that hangs is no longer waited for than 100 ms', async () => {
    const store: CacheStore = { ...memoryCache(), get: never };
    const { ask, clock } = semanticRig({ store });
    await ask('one thing');
    const running = ask('that thing');
    await clock.advance(100);
    expect((await running).text).toBe('answer 2');
    expect(clock.timers).toBe(0);
  });

  test('a vector whose answer the store forgot is forgotten, too', async () => {
    const removed: string[] = [];
    const kept = new Map<string, string>();
    const store: CacheStore = {
      get: (key) => kept.get(key),
      set: (key, value) => void kept.set(key, value),
      delete: () => {},
    };
    const found = index({
      nearest: () => [{ id: 'x', similarity: 1 }],
      remove: (_partition, id) => void removed.push(id),
    });
    const { ask } = semanticRig({ store, index: found });
    expect((await ask('hi')).meta.cache).toBe('miss');
    expect(removed).toEqual(['x']);
  });

  test('a neighbour below the threshold is none, whatever the index says', async () => {
    const far = index({
      nearest: (_partition, _vector, limit) => [{ id: 'x', similarity: limit / 10 }],
    });
    const { ask, told } = semanticRig({ index: far });
    await ask('hi');
    expect(told('semantic-refused')).toEqual([]);
  });
});

test('an abort while a text is embedded ends the call at once, and the embedding (R12)', async () => {
  const { controller, signal, count } = countingSignal();
  let own: AbortSignal | undefined;
  const { ask, clock, provider } = semanticRig({
    embed: (_text, call) => {
      own = call.signal;
      return never();
    },
  });
  const failing = errorOf(ask('hi', {}, { signal }));
  await clock.advance(10);
  controller.abort();
  expect((await failing).code).toBe('aborted');
  await settle();
  expect(own?.aborted).toBe(true);
  expect(clock.timers).toBe(0);
  expect(count()).toBe(0);
  expect(provider.attempts).toEqual([]);
});

test('an abort leads to no layer further in, and a look-up leaves no listener', async () => {
  const { controller, signal, count } = countingSignal();
  const clock = virtualClock();
  let hang = true;
  let further = 0;
  const layer = semanticCache({ scope: 'shared', embed: async () => (hang ? never() : [1]) });
  const client = createClient({
    providers: [fakeProvider({ script: say('x') })],
    clock,
    middleware: [
      (call, next) => layer({ ...call, signal }, next),
      (call, next) => {
        further++;
        expect(count()).toBe(0);
        return next(call);
      },
    ],
  });
  const ask = () => client.chat({ model: 'fake/m', messages: [{ role: 'user', content: 'hi' }] });
  hang = false;
  await ask();
  expect(further).toBe(1);
  hang = true;
  const failing = errorOf(
    client.chat({ model: 'fake/m', messages: [{ role: 'user', content: 'ho' }] }),
  );
  await settle();
  controller.abort();
  expect((await failing).code).toBe('aborted');
  expect(further).toBe(1);
});

describe('what hangs collects no pile', () => {
  test('of embeddings', async () => {
    const { ask, embedded, clock } = semanticRig({ embed: never });
    const calls = Array.from({ length: 300 }, () => ask('hi'));
    await clock.advance(1000);
    expect((await Promise.all(calls)).length).toBe(300);
    expect(embedded.length).toBe(256);
  });

  test('of vectors to be added', async () => {
    let adds = 0;
    const hanging = index({
      add: () => {
        adds++;
        return never();
      },
    });
    const { ask } = semanticRig({ index: hanging });
    for (let i = 0; i < 300; i++) await ask('hi');
    expect(adds).toBe(256);
  });
});

test('ids are salted by the partition: nobody learns from them that two tenants asked the same', async () => {
  const ids: string[] = [];
  const seen = index({ add: (partition, id) => void ids.push(partition, id) });
  let tenant = 'a';
  const { ask } = semanticRig({ index: seen, scope: () => tenant });
  await ask('the very same');
  tenant = 'b';
  await ask('the very same');
  expect(new Set(ids).size).toBe(4);
});

describe('options that cannot work are refused when built', () => {
  const embed = async (): Promise<number[]> => [1];
  test.each<[string, unknown]>([
    ['scope', undefined],
    ['scope', 'acme'],
    ['embed', undefined],
    ['threshold', 0],
    ['threshold', 1.1],
    ['threshold', -1],
    ['threshold', Number.NaN],
    ['ttlMs', 0],
    ['verify', true],
    ['candidates', 0],
    ['maxVectors', 0],
    ['maxPerPartition', -1],
    ['maxTextLength', 0],
    ['lookupTimeoutMs', -1],
    ['conversations', 'yes'],
    ['index', {}],
    ['store', {}],
    ['maxEntries', 0],
  ])('%s: %j', (param, value) => {
    const options = { scope: 'shared', embed, [param]: value } as SemanticCacheOptions;
    expect(() => semanticCache(options)).toThrow(
      expect.objectContaining({ code: 'configuration', param }),
    );
  });

  test('bounds of the memory index beside another index', () => {
    const options = { scope: 'shared', embed, index: index({}), maxVectors: 5 } as const;
    expect(() => semanticCache(options)).toThrow(expect.objectContaining({ param: 'index' }));
  });
});
