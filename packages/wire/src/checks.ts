import { InferwayError, isJsonObject, type JsonObject } from '@inferway/core';

const MAX_DEPTH = 64;

/** The member of a body that is being read: an object of it, or a list's entry. */
interface Parent {
  path(name?: string | number): string;
}

/** Refuses a request of a caller. `problem` continues the sentence `"<param>" …` and holds nothing that the caller wrote. */
export function refuse(param: string, problem: string): never {
  throw new InferwayError('invalid_request', {
    message: param === '' ? `The body ${problem}` : `"${param}" ${problem}`,
    param: param === '' ? undefined : param,
  });
}

/**
 * Strict reading of one JSON object of a caller's body. Each method returns the member in its type, undefined where it is absent or null,
 * and refuses anything else with the member's path (`messages[2].content`) as `param`.
 */
export class Fields {
  readonly object: JsonObject;
  readonly #parent: Parent | undefined;
  readonly #key: string | number;

  constructor(object: JsonObject, parent?: Parent, key: string | number = '') {
    this.object = object;
    this.#parent = parent;
    this.#key = key;
  }

  /** The path of this object, or of one of its members. Made only for messages: reading costs no strings. */
  path(name?: string | number): string {
    const own = this.#parent === undefined ? '' : this.#parent.path(this.#key);
    return name === undefined ? own : joinPath(own, name);
  }

  /** Refuses a member, or the object itself for `undefined`. */
  refuse(name: string | undefined, problem: string): never {
    return refuse(this.path(name), problem);
  }

  /** The member as it is; null is absent. */
  value(name: string): unknown {
    return this.object[name] ?? undefined;
  }

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  string(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'string') return value;
    return this.#expected(name, 'a string', value);
  }

  requiredString(name: string): string {
    return this.string(name) ?? this.#missing(name, 'a string');
  }

  boolean(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.#expected(name, 'true or false', value);
  }

  /** A finite number within the bounds, both included. */
  number(
    name: string,
    min: number = -Number.MAX_VALUE,
    max: number = Number.MAX_VALUE,
  ): number | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number') return this.#expected(name, 'a number', value);
    if (!(value >= min && value <= max)) return this.refuse(name, `must be ${bounds(min, max)}.`);
    return value;
  }

  /** A whole number within the bounds, both included. */
  integer(
    name: string,
    min: number = Number.MIN_SAFE_INTEGER,
    max: number = Number.MAX_SAFE_INTEGER,
  ): number | undefined {
    const value = this.number(name, min, max);
    if (value === undefined || Number.isSafeInteger(value)) return value;
    return this.refuse(name, 'must be a whole number.');
  }

  oneOf<const V extends string>(name: string, values: readonly V[]): V | undefined {
    const value = this.string(name);
    if (value === undefined || (values as readonly string[]).includes(value))
      return value as V | undefined;
    return this.refuse(name, `must be one of ${values.map((known) => `"${known}"`).join(', ')}.`);
  }

  requiredOneOf<const V extends string>(name: string, values: readonly V[]): V {
    return this.oneOf(name, values) ?? this.#missing(name, `one of ${values.join(', ')}`);
  }

  /** A member object, to be read on. */
  fields(name: string): Fields | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (!isJsonObject(value)) return this.#expected(name, 'an object', value);
    return new Fields(value, this, name);
  }

  requiredFields(name: string): Fields {
    return this.fields(name) ?? this.#missing(name, 'an object');
  }

  /** A member object that is kept as it is, such as a JSON Schema. */
  json(name: string): JsonObject | undefined {
    return this.fields(name)?.object;
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.value(name);
    if (value === undefined || Array.isArray(value)) return value;
    return this.#expected(name, 'a list', value);
  }

  /** A list of objects, to be read on. */
  fieldsList(name: string): Fields[] | undefined {
    const list = this.list(name);
    if (list === undefined) return undefined;
    const parent = this.#listParent(name);
    return list.map((entry, index) =>
      isJsonObject(entry)
        ? new Fields(entry, parent, index)
        : refuse(parent.path(index), `must be an object, not ${kindOf(entry)}.`),
    );
  }

  requiredFieldsList(name: string): Fields[] {
    return this.fieldsList(name) ?? this.#missing(name, 'a list');
  }

  strings(name: string, maxCount: number = Infinity): string[] | undefined {
    const list = this.list(name);
    if (list === undefined) return undefined;
    if (list.length > maxCount) return this.refuse(name, `must have at most ${maxCount} entries.`);
    return list.map((entry, index) =>
      typeof entry === 'string'
        ? entry
        : refuse(`${this.path(name)}[${index}]`, `must be a string, not ${kindOf(entry)}.`),
    );
  }

  /** An object whose members are all strings. */
  stringMap(name: string): Record<string, string> | undefined {
    const fields = this.fields(name);
    if (fields === undefined) return undefined;
    return Object.fromEntries(
      Object.keys(fields.object)
        .filter((key) => key !== '__proto__')
        .map((key) => [key, fields.requiredString(key)]),
    );
  }

  /** The members that are not in `known`, for `passthrough`; undefined where there are none. `__proto__` and nulls are left out. */
  rest(known: ReadonlySet<string>): JsonObject | undefined {
    let rest: Record<string, JsonObject[string]> | undefined;
    for (const key of Object.keys(this.object)) {
      if (known.has(key) || key === '__proto__' || this.object[key] === null) continue;
      (rest ??= {})[key] = this.object[key];
    }
    return rest;
  }

  #listParent(name: string): Parent {
    return {
      path: (index) => (index === undefined ? this.path(name) : `${this.path(name)}[${index}]`),
    };
  }

  #expected(name: string, what: string, value: unknown): never {
    return this.refuse(name, `must be ${what}, not ${kindOf(value)}.`);
  }

  #missing(name: string, what: string): never {
    return this.refuse(name, `is missing; give ${what}.`);
  }
}

/**
 * The body of a caller's request as an object. Also refuses what no JSON body of any protocol may hold: nesting deeper than 64 levels and
 * numbers that are not finite (`1e400`), so that nothing passed through unread can break what writes it again.
 */
export function checkBody(body: unknown): Fields {
  if (!isJsonObject(body)) return refuse('', `must be a JSON object, not ${kindOf(body)}.`);
  checkJson(body, undefined, '', 0);
  return new Fields(body);
}

/** `null`, `a list`, `a string` …: the kind of a value, never the value. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'an infinite number';
  return value === undefined
    ? 'nothing'
    : typeof value === 'object'
      ? 'an object'
      : `a ${typeof value}`;
}

interface Step {
  readonly above: Step | undefined;
  readonly key: string | number;
}

function checkJson(
  value: unknown,
  above: Step | undefined,
  key: string | number,
  depth: number,
): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value))
      refuse(pathOf({ above, key }).slice(0, 200), 'must be a finite number.');
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const step = { above, key };
  if (depth > MAX_DEPTH) {
    // The path of something that deep is as long as the body: its first step says enough.
    let top: Step = step;
    while (top.above?.above !== undefined) top = top.above;
    refuse(String(top.key), `is nested deeper than ${MAX_DEPTH} levels.`);
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) checkJson(value[i], step, i, depth + 1);
  } else {
    for (const name in value) checkJson((value as JsonObject)[name], step, name, depth + 1);
  }
}

function pathOf({ above, key }: Step): string {
  return above === undefined ? '' : joinPath(pathOf(above), key);
}

function joinPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

function bounds(min: number, max: number): string {
  const low = min > -Number.MAX_VALUE && min !== Number.MIN_SAFE_INTEGER;
  const high = max < Number.MAX_VALUE && max !== Number.MAX_SAFE_INTEGER;
  if (low && high) return `from ${min} to ${max}`;
  if (low) return `${min} or more`;
  return high ? `${max} or less` : 'a finite number';
}
