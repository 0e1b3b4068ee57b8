/**
 * Events as an entry holds them. Most of a stream are pieces of one text, alike but for the piece: such a run is kept as
 * `[the other members, the piece's name, the pieces]`, a tenth of its size. An event that is itself a list is `[event]`; all others stand as they are.
 */
export type PackedEvent = object | PackedRun | readonly [object];
type PackedRun = readonly [rest: Members, name: string, pieces: readonly string[]];
type Members = Readonly<Record<string, unknown>>;

const PIECES = ['text', 'arguments'] as const;

interface Run {
  readonly rest: Members;
  readonly name: string;
  readonly pieces: string[];
  readonly size: number;
}

/** Packs events as they come: copies, since their reader may change them later. */
export class EventPacker {
  readonly packed: PackedEvent[] = [];
  /** About how much text and bytes were put in. */
  weight = 0;
  #run: Run | undefined;

  add(event: object): void {
    const run = this.#run;
    if (run !== undefined && continues(run, event as Members)) {
      const piece = (event as Members)[run.name] as string;
      run.pieces.push(piece);
      this.weight += piece.length + 3;
      return;
    }
    const own = this.#copy(event) as object;
    this.#run = Array.isArray(own) ? undefined : runOf(own as Members);
    if (this.#run === undefined) this.packed.push(Array.isArray(own) ? [own] : own);
    else this.packed.push([this.#run.rest, this.#run.name, this.#run.pieces]);
  }

  /** Weighs what it copies. What JSON cannot hold stays what it is: it is found when the entry is written. */
  #copy(value: unknown): unknown {
    if (typeof value === 'string') this.weight += value.length;
    else if (value instanceof Uint8Array) this.weight += value.byteLength;
    else if (typeof value === 'number') this.weight += 4;
    if (typeof value !== 'object' || value === null) return value;
    this.weight += 16;
    if (Array.isArray(value)) return value.map((item) => this.#copy(item));
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return value;
    const own: Record<string, unknown> = { ...value };
    for (const name of Object.keys(own)) own[name] = this.#copy(own[name]);
    return own;
  }
}

/** @throws {TypeError} where that is no list of packed events. */
export function unpackEvents(packed: readonly PackedEvent[]): object[] {
  const events: object[] = [];
  for (const item of packed) {
    if (typeof item !== 'object' || item === null) throw new TypeError('not an event');
    if (!Array.isArray(item)) events.push(item);
    else if (item.length === 1) events.push(item[0] as object);
    else {
      const [rest, name, pieces] = item as unknown as PackedRun;
      for (const piece of pieces) events.push({ ...rest, [name]: piece });
    }
  }
  return events;
}

function runOf(event: Members): Run | undefined {
  const name = PIECES.find((member) => typeof event[member] === 'string');
  if (name === undefined) return undefined;
  const { [name]: piece, ...rest } = event;
  const others = Object.values(rest);
  if (others.some((value) => typeof value === 'object' && value !== null)) return undefined;
  return { rest, name, pieces: [piece as string], size: others.length + 1 };
}

function continues({ rest, name, size }: Run, event: Members): boolean {
  let count = 0;
  for (const member in event) {
    count++;
    const value = event[member];
    if (member === name ? typeof value !== 'string' : value !== rest[member]) return false;
  }
  return count === size;
}
