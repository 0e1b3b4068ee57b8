/**
 * JSON text that is the same for equal values: members in the order of their names, `undefined` left out. Undefined for what JSON cannot
 * hold (functions, bigints, binary data, cycles, numbers that are none): such a value has no text to be known by.
 */
export function canonicalJson(value: unknown): string | undefined {
  try {
    return write(value, 0);
  } catch (reason) {
    if (reason instanceof NotJson) return undefined;
    throw reason;
  }
}

class NotJson extends Error {}

// Deeper than any request, and far from the end of the stack; also what ends a cycle.
const DEEPEST = 500;

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      if (Number.isFinite(value)) return JSON.stringify(value);
      break;
    case 'object':
      if (value === null) return 'null';
      if (depth < DEEPEST) return writeObject(value, depth + 1);
      break;
    default:
  }
  throw new NotJson();
}

function writeObject(value: object, depth: number): string {
  if (Array.isArray(value)) {
    let text = '';
    for (const item of value as unknown[]) {
      text += `${text === '' ? '' : ','}${write(item, depth)}`;
    }
    return `[${text}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new NotJson();
  const members = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const name of Object.keys(members).sort()) {
    const member = members[name];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${write(member, depth)}`;
  }
  return `{${text}}`;
}
