import { openaiChat } from '@inferway/wire';
import { expect, it } from 'vitest';
import type { ProviderFactory } from '../../src/index.js';
import { failuresOf } from './failures-of.js';

/** An adapter that is broken in one way: every check that it fails fits one of these, and each of these a check that it fails. */
export function failsOnly(
  name: string,
  titles: readonly RegExp[],
  factory: ProviderFactory,
  patienceMs?: number,
): void {
  it(`an adapter that ${name}`, { timeout: 60_000 }, async () => {
    const failed = await failuresOf(factory, {
      operations: ['chat'],
      wire: { chat: openaiChat },
      ...(patienceMs === undefined ? {} : { patienceMs }),
    });
    expect(failed.filter((title) => !titles.some((one) => one.test(title)))).toEqual([]);
    expect(titles.filter((one) => !failed.some((title) => one.test(title)))).toEqual([]);
  });
}
