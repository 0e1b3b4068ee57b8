import { hash } from 'node:crypto';

/** The only member of what stands for bytes. No JSON of a caller's or provider's has it: a value that does has no text here. */
const BYTES = '\u0000bytes';
const BYTES_IN_TEXT: string = JSON.stringify(BYTES);

/**
 * JSON text that is the same for equal values: members in one order, `undefined` left out, bytes as their hash. Undefined for what JSON cannot
 * hold (functions, bigints, cycles, numbers that are none): such a value has no text to be known by.
 */
export function canonicalJson(value: unknown): string | undefined {
  return textOf(value, KEY);
}

/** JSON text of a value as it stands, bytes in base64, for `parseStrict`. Undefined where `canonicalJson` is. */
export function strictJson(value: unknown): string | undefined {
  return textOf(value, WHOLE);
}

/** Reads what `strictJson` wrote. @throws {SyntaxError} for any other text. */
export function parseStrict(text: string): unknown {
  // Few entries hold bytes, and a reviver is slow.
  return JSON.parse(text, text.includes(BYTES_IN_TEXT) ? revive : undefined) as unknown;
}

interface Manner {
  readonly inOrder: boolean;
  bytes(data: Uint8Array): string;
}

const KEY: Manner = { inOrder: true, bytes: (data) => hash('sha256', data, 'base64url') };
const WHOLE: Manner = {
  inOrder: false,
  bytes: (data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
};

function revive(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(BYTES in value)) return value;
  return new Uint8Array(Buffer.from(String(value[BYTES]), 'base64'));
}

// The engine's own writer is several times faster than one of ours: the walk only checks, and copies what is out of order.
function textOf(value: unknown, manner: Manner): string | undefined {
  try {
    return JSON.stringify(walk(value, manner, 0));
  } catch (reason) {
    if (reason instanceof NotJson) return undefined;
    throw reason;
  }
}

class NotJson extends Error {}

// Deeper than any request, and far from the end of the stack; also what ends a cycle.
const DEEPEST = 500;

function walk(value: unknown, manner: Manner, depth: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      break;
    case 'object':
      if (value === null) return value;
      if (depth === DEEPEST) break;
      return Array.isArray(value)
        ? walkList(value, manner, depth + 1)
        : walkObject(value as Readonly<Record<string, unknown>>, manner, depth + 1);
    default:
  }
  throw new NotJson();
}

function walkList(list: readonly unknown[], manner: Manner, depth: number): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const item = list[index];
    const walked = walk(item, manner, depth);
    if (walked !== item) (copy ??= [...list])[index] = walked;
  }
  return copy ?? list;
}

function walkObject(
  members: Readonly<Record<string, unknown>>,
  manner: Manner,
  depth: number,
): object {
  if (members instanceof Uint8Array) return { [BYTES]: manner.bytes(members) };
  if (BYTES in members) throw new NotJson();
  const prototype: unknown = Object.getPrototypeOf(members);
  if (prototype !== Object.prototype && prototype !== null) throw new NotJson();
  const names = Object.keys(members);
  let same = !manner.inOrder || isSorted(names);
  if (!same) names.sort();
  const values = names.map((name) => {
    const member = members[name];
    if (member === undefined) return undefined;
    const walked = walk(member, manner, depth);
    if (walked !== member) same = false;
    return walked;
  });
  return same ? members : objectOf(names, values);
}

function objectOf(names: readonly string[], values: readonly unknown[]): object {
  const copy: Record<string, unknown> = {};
  names.forEach((name, index) => {
    const value = values[index];
    // An assignment to this one name would set the prototype.
    if (name === '__proto__') Object.defineProperty(copy, name, { value, enumerable: true });
    else copy[name] = value;
  });
  return copy;
}

function isSorted(names: readonly string[]): boolean {
  for (let index = 1; index < names.length; index++) {
    if ((names[index - 1] as string) > (names[index] as string)) return false;
  }
  return true;
}
