import type { JsonObject } from '@inferway/core';
import type { DecodeSource } from '../format.js';

/** Reads what an answer's body, or a chunk that tells usage, says of the time that the server needed: milliseconds, by the names it gives. */
export type ReadTimings = (body: JsonObject) => Readonly<Record<string, number>> | undefined;

/** Tells what a body says of the server's time, where the dialect knows how to read it. */
export function tellTimings(
  body: JsonObject,
  from: DecodeSource<{ readonly timings?: ReadTimings | undefined }>,
): void {
  const timings = from.dialect?.timings?.(body);
  if (timings !== undefined) from.timed?.(timings);
}
