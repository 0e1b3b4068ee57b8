import { OTHER } from './semconv.js';

/** Lets so many different values be labels; the rest are `_OTHER`. A value that is not `trusted` is a label only if it already was one. */
export function labelLimit(most: number): (value: string, trusted: boolean) => string {
  const known = new Set<string>();
  return (value, trusted) => {
    if (known.has(value)) return value;
    if (!trusted || known.size >= most) return OTHER;
    known.add(value);
    return value;
  };
}
