import { fromBase64, toBase64 } from '../base64.js';

/** A vector of base64 text: 32-bit floats, little-endian. Undefined for text that is none. */
export function readVector(text: string): number[] | undefined {
  const bytes = fromBase64(text);
  if (bytes === undefined || bytes.length % 4 !== 0) return undefined;
  const view = new DataView(bytes.buffer);
  const vector: number[] = [];
  for (let i = 0; i < bytes.length; i += 4) vector.push(view.getFloat32(i, true));
  return vector;
}

export function writeVector(vector: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(vector.length * 4));
  vector.forEach((value, index) => {
    view.setFloat32(index * 4, value, true);
  });
  return toBase64(new Uint8Array(view.buffer));
}
