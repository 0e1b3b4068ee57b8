import { InferwayError } from '@inferway/core';

/**
 * What `reason` is where it ended the asking for work that the provider had taken: the work may run, and cost, all the same, so that no retry may make it
 * again, and the refused question does not say that nothing is billed.
 *
 * @param signal Who gave the asking up: its reason stays as it is.
 */
export function ofTakenWork(reason: unknown, signal: AbortSignal): InferwayError {
  const error = InferwayError.from(reason);
  // A connection that was lost says so already, and is judged as any other.
  if (signal.aborted || error.sent === 'maybe') return error;
  return new InferwayError(error.code, {
    ...error,
    message: `${error.message} The work was taken by then, and may run and cost all the same; it is not made again.`,
    retryable: false,
    sent: 'maybe',
    body: error.body,
    cause: error,
  });
}
