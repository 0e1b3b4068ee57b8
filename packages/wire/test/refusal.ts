import { InferwayError } from '@inferway/core';
import { expect } from 'vitest';

/** What a decoder refuses a caller's request with. */
export function refusal(read: () => unknown): InferwayError {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(InferwayError);
    expect((error as InferwayError).code).toBe('invalid_request');
    return error as InferwayError;
  }
  throw new Error('Nothing was refused.');
}

/** The same of a reading that takes time. */
export async function refusalOf(reading: Promise<unknown>): Promise<InferwayError> {
  const error: unknown = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return refusal(() => {
    if (error !== undefined) throw error;
  });
}
