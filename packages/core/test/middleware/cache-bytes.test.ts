import {
  createClient,
  rawTraits,
  speechTraits,
  transcribeTraits,
  type FileData,
} from '@inferway/core';
import { cache } from '@inferway/core/caching';
import { accept, fakeProvider, result } from '@inferway/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, parseStrict, strictJson } from '../../src/canonical-json.js';

const file = (...data: number[]): FileData => ({
  type: 'bytes',
  data: Uint8Array.from(data),
  mediaType: 'audio/wav',
});

function setUp(audio: FileData) {
  const provider = fakeProvider({
    operations: ['speech', 'transcribe'],
    traits: { speech: speechTraits, transcribe: transcribeTraits },
    script: (call) => [
      accept(),
      result((call.operation === 'speech' ? { audio } : { text: 'said' }) as never),
    ],
  });
  const client = createClient({ providers: [provider], middleware: [cache({ scope: 'shared' })] });
  return { client, calls: () => provider.attempts.length };
}

describe('a cache of bytes', () => {
  test('keeps sound and gives it back in either shape', async () => {
    const { client, calls } = setUp(file(0, 1, 255));
    const ask = { model: 'fake/m', text: 'hello' } as const;
    await client.speech(ask);
    const again = await client.speech(ask);
    expect(again.meta.cache).toBe('hit');
    expect(again.audio).toEqual(file(0, 1, 255));
    const stream = await client.speech.stream(ask);
    const { audio } = await stream.result;
    expect(audio.type === 'bytes' && [...audio.data]).toEqual([0, 1, 255]);
    expect(calls()).toBe(1);
  });

  test('knows a request by the bytes in it', async () => {
    const { client, calls } = setUp(file(1));
    const ask = (...data: number[]) => client.transcribe({ model: 'fake/m', audio: file(...data) });
    expect((await ask(1, 2)).meta.cache).toBe('miss');
    expect((await ask(1, 2)).meta.cache).toBe('hit');
    expect((await ask(1, 3)).meta.cache).toBe('miss');
    expect(calls()).toBe(2);
  });

  test('does not keep addresses, which expire', async () => {
    const { client, calls } = setUp({ type: 'url', url: 'https://a.example/x' });
    const ask = { model: 'fake/m', text: 'hello' } as const;
    await client.speech(ask);
    expect((await client.speech(ask)).meta.cache).toBe('miss');
    expect(calls()).toBe(2);
  });

  test('does not keep raw calls, which may make, change or watch something', async () => {
    const provider = fakeProvider({
      operations: ['raw'],
      traits: { raw: rawTraits },
      script: () => [accept(), result({ status: 200, json: { state: 'running' } } as never)],
    });
    const client = createClient({
      providers: [provider],
      middleware: [cache({ scope: 'shared' })],
    });
    const ask = { model: 'fake/m', path: 'jobs/1' } as const;
    await client.raw(ask);
    expect((await client.raw(ask)).meta.cache).toBe('miss');
    expect(provider.attempts.length).toBe(2);
  });

  test('reads what it wrote, bytes anywhere in it', () => {
    const leaf = fc.oneof(
      fc.uint8Array().map((data) => Uint8Array.from(data)),
      fc.string(),
      fc.integer(),
      fc.constant(null),
    );
    const tree = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^\w{1,5}$/u), tie('node'), {
          maxKeys: 3,
          noNullPrototype: true,
        }),
      ),
    })).node;
    fc.assert(
      fc.property(tree, (value) => {
        const text = strictJson(value);
        expect(parseStrict(text ?? '')).toEqual(value);
      }),
    );
    // Equal bytes are equal in a key, whatever class holds them.
    expect(canonicalJson({ a: Buffer.from([1]) })).toBe(canonicalJson({ a: Uint8Array.of(1) }));
    expect(canonicalJson({ a: Uint8Array.of(1) })).not.toBe(canonicalJson({ a: Uint8Array.of(2) }));
    expect(strictJson({ '\u0000bytes': 'AAAA' })).toBeUndefined();
  });
});
