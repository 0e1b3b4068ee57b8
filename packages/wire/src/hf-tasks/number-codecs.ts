import type { OutputCodec } from './codec.js';
import type { ExtractedFeatures } from './outputs.js';

type Vector = readonly number[];

/** A list of numbers, one for each thing that was asked of. */
export const numbers: OutputCodec<readonly number[]> = {
  decode: (body) => (isVector(body) ? body : undefined),
  encode: (output) => output,
};

/** Classes of rows: numbers, or names. */
export const classes: OutputCodec<readonly (string | number)[]> = {
  decode: (body) =>
    Array.isArray(body) &&
    body.every((entry) => typeof entry === 'string' || typeof entry === 'number')
      ? body
      : undefined,
  encode: (output) => output,
};

/**
 * Embeddings in any depth: one vector, one for each input, one for each token of an input, or of each of several inputs. Those of tokens are
 * given, and their mean.
 */
export const features: OutputCodec<ExtractedFeatures> = {
  decode(body, inputs) {
    switch (depthOf(body)) {
      case 1:
        return { vectors: [body as Vector] };
      case 2: {
        const vectors = body as readonly Vector[];
        // Several vectors for one text are those of its tokens.
        return typeof inputs === 'string' && vectors.length > 1
          ? { vectors: [mean(vectors)], tokens: [vectors] }
          : { vectors };
      }
      case 3: {
        const tokens = body as readonly (readonly Vector[])[];
        return { vectors: tokens.map(mean), tokens };
      }
      case 4: {
        // Transformers' own pipeline puts each input's tokens into a list of one.
        const tokens = (body as readonly (readonly (readonly Vector[])[])[]).flat();
        return { vectors: tokens.map(mean), tokens };
      }
      default:
        return undefined;
    }
  },
  encode: ({ vectors, tokens }) => tokens ?? vectors,
};

/** The mean of vectors. */
function mean(vectors: readonly Vector[]): Vector {
  const [first = []] = vectors;
  return first.map(
    (_, place) =>
      vectors.reduce((sum, vector) => sum + (vector[place] ?? 0), 0) / Math.max(1, vectors.length),
  );
}

function isVector(value: unknown): value is Vector {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'number');
}

const DEEPEST = 4;

/** How many lists stand around numbers, in all places alike; undefined for what is no such thing. */
function depthOf(value: unknown): number | undefined {
  let depth = 0;
  let inner = value;
  while (Array.isArray(inner) && depth < DEEPEST) {
    depth++;
    inner = inner[0] as unknown;
  }
  return depth > 0 && hasDepth(value, depth) ? depth : undefined;
}

function hasDepth(value: unknown, depth: number): boolean {
  if (depth === 0) return typeof value === 'number';
  return Array.isArray(value) && value.every((entry) => hasDepth(entry, depth - 1));
}
