import { AssertionError } from 'node:assert';
import { InferwayError } from '@inferway/core';

const LONGEST_MS = 5000;

/** Fails where `work` does not settle: a check that hangs says so itself. */
export async function inTime<T>(
  work: Promise<T>,
  what: string,
  ms: number = LONGEST_MS,
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
