import type { JsonValue } from '@inferway/core';

/** A JSON object while it is being written. */
export type Draft = Record<string, JsonValue | undefined>;
