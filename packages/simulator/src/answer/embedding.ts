import { hashText } from '../seeded-random.js';

const WORD_WEIGHT = 1;
const TRIGRAM_WEIGHT = 0.4;

/**
 * A unit vector for a text, the same everywhere: its words and their letter triples, each hashed to a few places. Texts that share
 * words are nearer to each other than texts that do not.
 */
export function embedding(text: string, dimensions: number): number[] {
  const vector = new Float32Array(dimensions);
  for (const found of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
    const word = found[0];
    add(vector, word, WORD_WEIGHT);
    const padded = ` ${word} `;
    for (let start = 0; start + 3 <= padded.length; start++) {
      add(vector, padded.slice(start, start + 3), TRIGRAM_WEIGHT);
    }
  }
  // A text without words still has a direction of its own.
  if (vector.every((value) => value === 0)) add(vector, `\u0000${text}`, WORD_WEIGHT);
  const length = Math.hypot(...vector);
  return Array.from(vector, (value) => Math.fround(value / length));
}

/** Little-endian 32-bit floats, as `encoding_format: "base64"` has them. */
export function inBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes.toString('base64');
}

/** Three signed places for a feature, so that two features seldom share all. */
function add(vector: Float32Array, feature: string, weight: number): void {
  for (const salt of ['a', 'b', 'c']) {
    const hash = hashText(feature, hashText(salt));
    const place = hash % vector.length;
    vector[place] = (vector[place] ?? 0) + ((hash >>> 16) & 1 ? weight : -weight);
  }
}
