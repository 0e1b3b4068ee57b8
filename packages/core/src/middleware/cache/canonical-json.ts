/**
 * JSON text that is the same for equal values: members in one order, `undefined` left out. Undefined for what JSON cannot hold (functions,
 * bigints, binary data, cycles, numbers that are none): such a value has no text to be known by.
 */
export function canonicalJson(value: unknown): string | undefined {
  return textOf(value, true);
}

/** JSON text of a value as it stands, undefined where `canonicalJson` is. */
export function strictJson(value: unknown): string | undefined {
  return textOf(value, false);
}

// The engine's own writer is several times faster than one of ours: the walk only checks, and copies what is out of order.
function textOf(value: unknown, inOrder: boolean): string | undefined {
  try {
    return JSON.stringify(walk(value, inOrder, 0));
  } catch (reason) {
    if (reason instanceof NotJson) return undefined;
    throw reason;
  }
}

class NotJson extends Error {}

// Deeper than any request, and far from the end of the stack; also what ends a cycle.
const DEEPEST = 500;

function walk(value: unknown, inOrder: boolean, depth: number): unknown {
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
        ? walkList(value, inOrder, depth + 1)
        : walkObject(value as Readonly<Record<string, unknown>>, inOrder, depth + 1);
    default:
  }
  throw new NotJson();
}

function walkList(list: readonly unknown[], inOrder: boolean, depth: number): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const item = list[index];
    const walked = walk(item, inOrder, depth);
    if (walked !== item) (copy ??= [...list])[index] = walked;
  }
  return copy ?? list;
}

function walkObject(
  members: Readonly<Record<string, unknown>>,
  inOrder: boolean,
  depth: number,
): object {
  const prototype: unknown = Object.getPrototypeOf(members);
  if (prototype !== Object.prototype && prototype !== null) throw new NotJson();
  const names = Object.keys(members);
  let same = !inOrder || isSorted(names);
  if (!same) names.sort();
  const values = names.map((name) => {
    const member = members[name];
    if (member === undefined) return undefined;
    const walked = walk(member, inOrder, depth);
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
