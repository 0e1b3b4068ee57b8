import { createClient, type ProviderOf } from '@inferway/core';
import { expectTypeOf } from 'vitest';

/** An operation whose result follows from a member of its input. */
declare module '@inferway/core' {
  interface Operations {
    measure: {
      request: { kind: 'length' | 'words'; of: unknown };
      result: { value: number } | { list: readonly string[] };
      event: never;
      cases: {
        by: 'kind';
        of: {
          length: { input: { of: string }; result: { value: number } };
          words: { input: { of: readonly string[] }; result: { list: readonly string[] } };
        };
      };
    };
  }
}

declare const ruler: ProviderOf<'ruler', 'measure'>;
const client = createClient({ providers: [ruler] });

const length = await client.measure({ model: 'ruler/a', kind: 'length', of: 'text' });
expectTypeOf(length.value).toEqualTypeOf<number>();
expectTypeOf(length.meta.provider).toEqualTypeOf<string>();
// @ts-expect-error of the other case
length.list;
const words = await client.measure({
  model: { provider: 'ruler', id: 'a' },
  kind: 'words',
  of: ['a'],
});
expectTypeOf(words.list).toEqualTypeOf<readonly string[]>();
// @ts-expect-error the input of the other case
await client.measure({ model: 'ruler/a', kind: 'length', of: ['text'] });
// @ts-expect-error no such case
await client.measure({ model: 'ruler/a', kind: 'weight', of: 'text' });
// @ts-expect-error no such provider
await client.measure({ model: 'scales/a', kind: 'length', of: 'text' });
// @ts-expect-error it cannot stream
client.measure.stream;
