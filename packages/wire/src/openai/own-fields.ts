import type { JsonObject, Warning } from '@inferway/core';

/** Turns a provider's own options into the fields of one API, where they are named for another one, and tells of those that it has not. */
export type OwnFields = (options: JsonObject, warn: (warning: Warning) => void) => JsonObject;
