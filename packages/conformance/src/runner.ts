import { InferwayError } from '@inferway/core';

/** What registers tests: `describe` and `it` of vitest, jest, mocha or `node:test`. */
export interface Runner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}

/**
 * The runner that is there: global `describe` and `it`, else those of `node:test`.
 *
 * @throws {InferwayError} `configuration` inside of vitest without globals, whose functions must be given.
 */
export function defaultRunner(): Runner {
  const { describe, it, process } = globalThis as Partial<Runner> & { process?: NodeJS.Process };
  if (typeof describe === 'function' && typeof it === 'function') return { describe, it };
  // Its environment variable is there in every process that a test starts, too.
  if ('__vitest_worker__' in globalThis) {
    throw new InferwayError('configuration', {
      message:
        'No global "describe" and "it". Give the suite vitest’s own: { runner: { describe, it } }, both imported from "vitest".',
      param: 'runner',
    });
  }
  const native = process?.getBuiltinModule?.('node:test');
  if (native !== undefined) return native as Runner;
  throw new InferwayError('configuration', {
    message: 'There is no test runner here. Give one: { runner: { describe, it } }.',
    param: 'runner',
  });
}
