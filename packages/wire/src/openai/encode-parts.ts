import type { JsonObject } from '@inferway/core';

/** Each part as the format says it, named by its place; what `encode` gives nothing for is left out. */
export function encodeParts<P>(
  parts: readonly P[],
  path: string,
  encode: (part: P, path: string) => JsonObject | undefined,
): JsonObject[] {
  const sent: JsonObject[] = [];
  parts.forEach((part, index) => {
    const one = encode(part, `${path}.content[${index}]`);
    if (one !== undefined) sent.push(one);
  });
  return sent;
}
