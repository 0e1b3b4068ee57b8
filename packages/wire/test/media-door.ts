import type { FileBytes, FileData, Passthrough, Warning } from '@inferway/core';
import fc from 'fast-check';
import {
  BytesBody,
  decodeMultipart,
  encodeMultipart,
  MultipartBody,
  type EncodeTarget,
} from '../src/index.js';
import { word } from './openai-arbitraries.js';

export const AS = { id: 'x', model: 'm', created: 1_700_000_000 };

export interface Told<D extends object> extends EncodeTarget<D> {
  readonly warnings: Warning[];
}

/** A target that gathers what is told of dropped settings. */
export function targetOf<D extends object>(dialect?: D, stream = false): Told<D> {
  const warnings: Warning[] = [];
  return {
    model: 'm',
    stream,
    provider: 'p',
    dialect,
    warnings,
    warn: (warning) => {
      warnings.push(warning);
    },
  };
}

/** A body as the other side gets it. */
export async function overTheWire(body: unknown): Promise<unknown> {
  if (body instanceof BytesBody) return new BytesBody(Uint8Array.from(body.data), body.mediaType);
  if (!(body instanceof MultipartBody)) return JSON.parse(JSON.stringify(body)) as unknown;
  const { data, contentType } = encodeMultipart(body);
  return decodeMultipart(data, contentType);
}

/** The text fields of a form, lists gathered. */
export function fieldsOf(body: unknown): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  if (!(body instanceof MultipartBody)) throw new Error('No form.');
  for (const part of body.parts) {
    if (!('value' in part)) continue;
    if (part.name.endsWith('[]')) {
      fields[part.name] = [...((fields[part.name] as string[] | undefined) ?? []), part.value];
    } else fields[part.name] = part.value;
  }
  return fields;
}

export const bytes: fc.Arbitrary<Uint8Array> = fc
  .uint8Array({ minLength: 1, maxLength: 40 })
  .map((data) => Uint8Array.from(data));

export function file(mediaType: string): fc.Arbitrary<FileBytes> {
  return fc.record({
    type: fc.constant('bytes' as const),
    data: bytes,
    mediaType: fc.constant(mediaType),
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter(keepsItsName),
  });
}

// The platform's parser reads the escapes of quotes and line breaks back, so only these texts change on the way.
function keepsItsName(name: string): boolean {
  return !/%0[AD]|%22|[\r\n\\]/iu.test(name) && name.isWellFormed();
}

export const text: fc.Arbitrary<string> = fc.string({ unit: 'grapheme', minLength: 1 });

/** Fields of a form that no format has a name for: texts, or lists of them. */
export function formPassthrough(format: string): fc.Arbitrary<Passthrough> {
  return fc
    .dictionary(fc.stringMatching(/^x_[a-z]{1,6}$/u), fc.string({ minLength: 1 }), {
      minKeys: 1,
      maxKeys: 3,
    })
    .map((fields) => ({ format, fields: { ...fields } }));
}

export const base64: fc.Arbitrary<string> = bytes.map((data) =>
  Buffer.from(data).toString('base64'),
);

export const url: fc.Arbitrary<FileData> = word.map((name) => ({
  type: 'url',
  url: `https://files.example/${name}`,
}));
