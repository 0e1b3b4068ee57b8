/** Cuts bytes into chunks of the given sizes, taken in turn; the last size repeats. A size of 0 gives an empty chunk. */
export function cutAt(bytes: Uint8Array, sizes: Iterable<number>): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const next = sizes[Symbol.iterator]();
  let size = 1;
  let empty = 0;
  for (let start = 0; start < bytes.length; start += size) {
    const step = next.next();
    if (step.done !== true) size = step.value;
    empty = size === 0 ? empty + 1 : 0;
    if (empty > 3) size = 1;
    chunks.push(bytes.subarray(start, start + size));
  }
  return chunks;
}
