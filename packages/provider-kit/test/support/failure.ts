import { InferwayError } from '@inferway/core';

/** The InferwayError that `work` fails with. */
export async function failureOf(work: Promise<unknown>): Promise<InferwayError> {
  const failed: unknown = await work.then(
    (value) => new Error(`no failure but ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!InferwayError.is(failed)) throw failed;
  return failed;
}
