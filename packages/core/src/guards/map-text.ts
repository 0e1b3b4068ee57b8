// Names of members whose strings are no text of a person or a model: ids, kinds, media, what is signed or sealed.
const NOT_TEXT: ReadonlySet<string> = new Set([
  'type',
  'role',
  'id',
  'format',
  'kind',
  'mediaType',
  'data',
  'url',
  'model',
  'schema',
  'parameters',
  'opaque',
  'passthrough',
  'providerOptions',
  'toolChoice',
  'cache',
  'ttl',
  'finishReason',
]);

/** How a string becomes another; `json` is true for the JSON text of a tool call's arguments. */
export type MapString = (text: string, json: boolean) => string;

/**
 * The same value with every text in it changed, at any depth; what does not change stays the same object. Beside a text that changed, what a
 * provider had signed or kept of it (`opaque`, log probabilities) is left out: it would give the text away, and would not fit it any more.
 */
export function mapText<T>(value: T, change: MapString): T {
  return mapped(value, change, 0) as T;
}

// Deeper than any request.
const DEEPEST = 100;

function mapped(value: unknown, change: MapString, depth: number): unknown {
  if (typeof value === 'string') return change(value, false);
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return value;
  if (Array.isArray(value)) return mappedList(value, change, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return mappedMembers(value as Readonly<Record<string, unknown>>, change, depth);
}

function mappedList(list: readonly unknown[], change: MapString, depth: number): unknown {
  let copy: unknown[] | undefined;
  list.forEach((item, index) => {
    const made = mapped(item, change, depth + 1);
    if (made !== item) (copy ??= [...list])[index] = made;
  });
  return copy ?? list;
}

function mappedMembers(
  members: Readonly<Record<string, unknown>>,
  change: MapString,
  depth: number,
): unknown {
  let copy: Record<string, unknown> | undefined;
  for (const [name, member] of Object.entries(members)) {
    if (NOT_TEXT.has(name)) continue;
    const made =
      name === 'arguments' && typeof member === 'string'
        ? change(member, true)
        : mapped(member, change, depth + 1);
    if (made === member) continue;
    copy ??= { ...members };
    copy[name] = made;
  }
  if (copy === undefined) return members;
  delete copy['opaque'];
  delete copy['logprobs'];
  return copy;
}
