import type { Operation } from '@inferway/core';
import {
  testProvider,
  type ProviderFactory,
  type ProviderSuite,
  type Runner,
} from '../../src/index.js';

/**
 * A runner that only notes what it is given.
 *
 * @param above How many outer titles to leave out.
 */
export function collectingRunner(above = 2): {
  readonly runner: Runner;
  /** Runs all, one after another, and gives the titles of those that fail with why. */
  failures(): Promise<ReadonlyMap<string, string>>;
} {
  const tests: { title: string; body: () => Promise<void> }[] = [];
  let titles: string[] = [];
  return {
    runner: {
      describe(name, body) {
        titles = [...titles, name];
        body();
        titles = titles.slice(0, -1);
      },
      it(name, body) {
        tests.push({ title: [...titles.slice(above), name].join(' › '), body });
      },
    },
    async failures() {
      const failed = new Map<string, string>();
      for (const { title, body } of tests) {
        try {
          await body();
        } catch (reason) {
          failed.set(title, (reason as Error).message);
        }
      }
      return failed;
    },
  };
}

/** The titles of the checks that this adapter fails. */
export async function failuresOf<K extends Operation>(
  factory: ProviderFactory,
  suite: Omit<ProviderSuite<K>, 'runner'>,
): Promise<readonly string[]> {
  const { runner, failures } = collectingRunner();
  testProvider(factory, { patienceMs: 1000, ...suite, runner });
  return [...(await failures()).keys()];
}
