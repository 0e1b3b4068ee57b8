import { BitWriter } from './bit-writer.js';

/**
 * A real lossless WebP of that size in one colour: each of its five prefix codes has a single symbol, so that pixels cost no bits
 * (WebP Lossless Bitstream Specification, §§ 3, 5 and 7).
 */
export function webp(
  width: number,
  height: number,
  [red, green, blue]: readonly [number, number, number],
): Buffer {
  const bits = new BitWriter();
  bits.put(0x2f, 8);
  bits.put(width - 1, 14);
  bits.put(height - 1, 14);
  // No alpha, version 0; then no transform, no colour cache, no meta prefix codes.
  for (const [value, count] of [
    [0, 1],
    [0, 3],
    [0, 1],
    [0, 1],
    [0, 1],
  ] as const) {
    bits.put(value, count);
  }
  for (const symbol of [green, red, blue, 255]) simpleCode(bits, symbol);
  // Distances, of which there are none.
  simpleCode(bits, 0);
  const data = bits.bytes();
  const padded = data.length + (data.length % 2);
  const file = Buffer.alloc(20 + padded);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(12 + padded, 4);
  file.write('WEBPVP8L', 8, 'latin1');
  file.writeUInt32LE(data.length, 16);
  file.set(data, 20);
  return file;
}

/** A prefix code of one symbol of eight bits. */
function simpleCode(bits: BitWriter, symbol: number): void {
  bits.put(1, 1);
  bits.put(0, 1);
  bits.put(1, 1);
  bits.put(symbol, 8);
}
