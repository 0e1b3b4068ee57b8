import type { InferwayError, JsonObject } from '@inferway/core';

/** What of a protocol an answer needs that is no answer of a model: errors, and lists. */
export interface Protocol {
  /** The body that a client of this protocol reads an error from. */
  encodeError(error: InferwayError, requestId: string | undefined): JsonObject;
}
