import { isJsonObject, type FileBytes, type JsonObject, type JsonValue } from '@inferway/core';
import { MultipartBody, type FormFile, type FormPart } from './body.js';
import { checkBody, refuse, type Fields } from './checks.js';
import type { JsonBody } from './json-body.js';

/** Which fields of a form are more than text. */
export interface FormShape {
  readonly numbers?: readonly string[] | undefined;
  readonly booleans?: readonly string[] | undefined;
  /** May come more than once, with or without `[]` behind the name. */
  readonly lists?: readonly string[] | undefined;
}

/** A caller's form as the object that it stands for, and its files by name. */
export interface ReadForm {
  readonly fields: Fields;
  readonly files: ReadonlyMap<string, readonly FormFile[]>;
}

/**
 * Strict reading of a form: a text that should be a number stays a text and is refused as one by its reader.
 *
 * @throws {InferwayError} `invalid_request` for what is no form, and for a field that comes twice.
 */
export function readForm(body: unknown, shape: FormShape): ReadForm {
  if (!(body instanceof MultipartBody)) {
    return refuse('', 'must be a form with the file in it (content type multipart/form-data).');
  }
  const object: Record<string, JsonValue> = {};
  const files = new Map<string, FormFile[]>();
  for (const part of body.parts) {
    const name = part.name.endsWith('[]') ? part.name.slice(0, -2) : part.name;
    if (name === '__proto__') continue;
    if ('data' in part) {
      files.set(name, [...(files.get(name) ?? []), part]);
      continue;
    }
    const known = object[name];
    const many = part.name !== name || shape.lists?.includes(name) === true;
    if (many) object[name] = [...(Array.isArray(known) ? known : []), part.value];
    else if (known !== undefined) refuse(name, 'stands twice in the form.');
    else object[name] = valueOf(part.value, name, shape);
  }
  return { fields: checkBody(object), files };
}

function valueOf(text: string, name: string, shape: FormShape): JsonValue {
  if (shape.numbers?.includes(name) === true && /^\s*-?\d/u.test(text)) {
    const number = Number(text);
    return Number.isFinite(number) ? number : text;
  }
  if (shape.booleans?.includes(name) === true && (text === 'true' || text === 'false')) {
    return text === 'true';
  }
  return text;
}

/** A file of a form as what a request holds. */
export function fileOf({ data, mediaType, fileName }: FormFile): FileBytes {
  return { type: 'bytes', data, mediaType, ...(fileName === '' ? {} : { name: fileName }) };
}

/** The fields of a body as the parts of a form: lists as one part each, objects as JSON. */
export function formParts(fields: JsonBody | JsonObject): FormPart[] {
  return Object.entries(fields).flatMap(([name, value]): FormPart[] => {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) {
      return value.map((entry: JsonValue) => ({ name: `${name}[]`, value: textOf(entry) }));
    }
    return [{ name, value: textOf(value) }];
  });
}

function textOf(value: JsonValue): string {
  return isJsonObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
}
