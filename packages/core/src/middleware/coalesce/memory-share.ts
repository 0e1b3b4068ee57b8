/** What all shared streams of one layer hold together, in bytes. */
export class MemoryShare {
  readonly #most: number;
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get held(): number {
    return this.#held;
  }

  get full(): boolean {
    return this.#held > this.#most;
  }

  add(bytes: number): void {
    this.#held += bytes;
  }
}

const OBJECT = 48;
const DEEPEST = 100;

/** About how many bytes a value takes: two a character, and something for each object. */
export function sizeOf(value: unknown, depth = 0): number {
  if (typeof value === 'string') return 2 * value.length;
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return 8;
  if (ArrayBuffer.isView(value)) return OBJECT + value.byteLength;
  let size = OBJECT;
  for (const member of Object.values(value)) size += sizeOf(member, depth + 1);
  return size;
}
