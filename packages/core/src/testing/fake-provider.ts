import type { Call } from '../call.js';
import { InferwayError } from '../error.js';
import { completeTraits } from '../operations/complete-traits.js';
import type { Operation } from '../operations.js';
import type { ProviderBase, ProviderOf } from '../provider.js';
import type { AnyReply } from '../reply.js';
import { FakeRun, type FakeAttempt } from './fake-run.js';
import type { Step } from './step.js';

/** What a fake provider does at each attempt: one list of steps for all, or one made for the attempt (numbered from 1). */
export type Script = readonly Step[] | ((call: Call, attempt: number) => readonly Step[]);

export interface FakeProviderOptions<Name extends string, K extends Operation> {
  readonly name?: Name | undefined;
  /** Default: chat only. */
  readonly operations?: readonly K[] | undefined;
  readonly traits?: ProviderBase['traits'] | undefined;
  readonly script: Script;
}

/** A provider that follows a script and remembers what was asked of it. */
export type FakeProvider<
  Name extends string = string,
  K extends Operation = Operation,
> = ProviderOf<Name, K> & {
  /** Every attempt, in order. */
  readonly attempts: readonly FakeAttempt[];
  /** Attempts that neither ended nor were cancelled: sockets that would still be open. */
  readonly open: number;
};

/**
 * Makes a provider from a script, for tests of middleware without a network. One script serves both shapes of a call:
 *
 * ```ts
 * const flaky = fakeProvider({
 *   name: 'flaky',
 *   script: (call, attempt) => (attempt === 1 ? [wait(50), fail('overloaded')] : say('hello')),
 * });
 * ```
 */
export function fakeProvider<const Name extends string = 'fake', K extends Operation = 'chat'>(
  options: FakeProviderOptions<Name, K>,
): FakeProvider<Name, K> {
  const { script } = options;
  const attempts: FakeAttempt[] = [];
  const operate = (call: Call): Promise<AnyReply> => {
    const attempt: FakeAttempt = { call, at: call.state.runtime.clock.now(), closed: false };
    attempts.push(attempt);
    const steps = typeof script === 'function' ? script(call, attempts.length) : script;
    return new FakeRun(call, steps, attempt).reply();
  };
  const operations: readonly string[] = options.operations ?? ['chat'];
  if (operations.length === 0) {
    throw new InferwayError('configuration', {
      message: 'A fake provider needs at least one operation.',
      param: 'operations',
    });
  }
  return {
    name: options.name ?? 'fake',
    traits: { complete: completeTraits, ...options.traits },
    ...Object.fromEntries(operations.map((operation) => [operation, operate])),
    attempts,
    get open() {
      return attempts.filter((attempt) => !attempt.closed).length;
    },
  } as unknown as FakeProvider<Name, K>;
}
