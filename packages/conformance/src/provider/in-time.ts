import { AssertionError } from 'node:assert';
import { AsyncLocalStorage } from 'node:async_hooks';
import { InferwayError } from '@inferway/core';

const LONGEST_MS = 5000;
const PATIENCE = new AsyncLocalStorage<number>();

/** Runs a check whose waits are bounded so. */
export function withPatience<T>(ms: number | undefined, run: () => Promise<T>): Promise<T> {
  return PATIENCE.run(ms ?? LONGEST_MS, run);
}

/** Milliseconds that the check that runs waits for what must come. */
export function patience(): number {
  return PATIENCE.getStore() ?? LONGEST_MS;
}

/** Fails where `work` does not settle: a check that hangs says so itself. */
export async function inTime<T>(
  work: Promise<T>,
  what: string,
  ms: number = patience(),
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new AssertionError({ message: `${what} did not settle within ${ms} ms` }));
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The error that `work` fails with. Anything but an `InferwayError` breaks the contract. */
export async function failureOf(work: Promise<unknown>): Promise<InferwayError> {
  let value: unknown;
  try {
    value = await work;
  } catch (reason) {
    if (InferwayError.is(reason)) return reason;
    if (reason instanceof AssertionError) throw reason;
    throw new AssertionError({
      message: `it failed with ${String(reason)}, which is no InferwayError`,
    });
  }
  throw new AssertionError({
    message: 'it gave an answer where an error was due',
    actual: value,
    operator: 'failureOf',
  });
}
