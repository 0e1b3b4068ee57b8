import type { Passthrough, Warning } from '@inferway/core';
import type { EncodeTarget } from './format.js';

/** Tells that a setting or part was dropped. */
export function unsupported(setting: string, because: string): Warning {
  return {
    type: 'unsupported',
    setting,
    message: `"${setting}" was not sent: ${because}.`,
  };
}

/** Tells of each field of a caller's body that only its own wire format knows. */
export function warnForeignFields(
  passthrough: Passthrough | undefined,
  to: Pick<EncodeTarget, 'warn'>,
): void {
  if (passthrough === undefined) return;
  for (const [field, value] of Object.entries(passthrough.fields)) {
    // Null says that the caller did not write the field.
    if (value === null) continue;
    to.warn(unsupported(field, `it is a field of ${passthrough.format}`));
  }
}
