import { InferwayError } from '@inferway/core';
import { MultipartBody, type FormPart } from './body.js';

const encoder = new TextEncoder();
const LF = 10;
const CR = 13;
const DASH = 45;

/** A form as it travels. */
export interface EncodedForm {
  readonly contentType: string;
  readonly data: Uint8Array;
}

/** Writes a form (RFC 7578). The boundary occurs nowhere in it, and is the same for the same form, so that a retry sends the same bytes. */
export function encodeMultipart({ parts }: MultipartBody): EncodedForm {
  const contents = parts.map((part) => ('data' in part ? part.data : encoder.encode(part.value)));
  const boundary = freeBoundary(contents);
  const chunks: Uint8Array[] = [];
  parts.forEach((part, index) => {
    chunks.push(encoder.encode(`--${boundary}\r\n${headersOf(part)}\r\n`));
    chunks.push(contents[index] as Uint8Array, encoder.encode('\r\n'));
  });
  chunks.push(encoder.encode(`--${boundary}--\r\n`));
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    data: Buffer.concat(chunks),
  };
}

/**
 * Reads a form with the platform's own parser.
 *
 * @throws {InferwayError} `invalid_request` for what is no form, or one of more than 1,000 parts.
 */
export async function decodeMultipart(
  data: Uint8Array,
  contentType: string,
): Promise<MultipartBody> {
  let form: FormData;
  try {
    const { body, type } = withLongBoundary(data, contentType);
    form = await new Response(body, { headers: { 'content-type': type } }).formData();
  } catch (reason) {
    if (InferwayError.is(reason)) throw reason;
    throw new InferwayError('invalid_request', {
      message:
        'The body is no form, although its content type says multipart/form-data. Send one with the boundary that the header names.',
    });
  }
  const parts = [...form].map(async ([name, value]): Promise<FormPart> => {
    if (typeof value === 'string') return { name, value };
    return {
      name,
      fileName: value.name,
      mediaType: value.type,
      data: new Uint8Array(await value.arrayBuffer()),
    };
  });
  return new MultipartBody(await Promise.all(parts));
}

function headersOf(part: FormPart): string {
  const disposition = `content-disposition: form-data; name="${quoted(part.name)}"`;
  if (!('data' in part)) return `${disposition}\r\n`;
  const { fileName, mediaType } = part;
  return `${disposition}; filename="${quoted(fileName)}"\r\ncontent-type: ${oneLine(mediaType)}\r\n`;
}

// As the HTML standard escapes names in forms.
function quoted(text: string): string {
  return text.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]/gu, ' ');
}

const STEM = 'inferway-form-boundary-';
const MOST_DIGITS = 9;

// In one pass over the contents: one that holds all the first boundaries must not cost a pass for each.
function freeBoundary(contents: readonly Uint8Array[]): string {
  const taken = new Set<string>();
  for (const data of contents) {
    const source = Buffer.from(data.buffer, data.byteOffset, data.length);
    for (let at = source.indexOf(STEM); at >= 0; at = source.indexOf(STEM, at + 1)) {
      const from = at + STEM.length;
      const [digits = ''] = /^\d*/u.exec(source.toString('latin1', from, from + MOST_DIGITS)) ?? [];
      for (let length = 1; length <= digits.length; length++) taken.add(digits.slice(0, length));
    }
  }
  let number = 1;
  while (taken.has(String(number))) number++;
  return `${STEM}${number}`;
}

const BOUNDARY = /;\s*boundary=(?:"([^"]*)"|([^;\s]*))/iu;
/** Shorter ones may stand in content by chance, and Node's parser takes their letters for a boundary wherever they stand. */
const SHORTEST = 27;

/** More than any form of ours has, and what keeps a small upload from becoming millions of objects. */
const MOST_PARTS = 1000;

/** The same form with a boundary that stands nowhere else in it. The copy is memory of its own, as the platform's types want it. */
function withLongBoundary(
  data: Uint8Array,
  contentType: string,
): { readonly body: Uint8Array<ArrayBuffer>; readonly type: string } {
  const [, quotedOne, bare] = BOUNDARY.exec(contentType) ?? [];
  const boundary = quotedOne ?? bare ?? '';
  const source = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const delimiters = boundary === '' ? [] : delimitersOf(source, boundary);
  if (boundary === '' || boundary.length >= SHORTEST) {
    return { body: Uint8Array.from(data), type: contentType };
  }
  const long = freeBoundary([data]);
  const { length } = Buffer.from(`--${boundary}`);
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const at of delimiters) {
    pieces.push(source.subarray(from, at), Buffer.from(`--${long}`));
    from = at + length;
  }
  pieces.push(source.subarray(from));
  return {
    body: new Uint8Array(Buffer.concat(pieces)),
    type: `multipart/form-data; boundary=${long}`,
  };
}

/** Where delimiters begin. Only on a line of their own: elsewhere it is content. @throws {InferwayError} `invalid_request` for too many. */
function delimitersOf(source: Buffer, boundary: string): readonly number[] {
  const line = Buffer.from(`\r\n--${boundary}`);
  const found: number[] = [];
  const check = (at: number): void => {
    const end = at + line.length - 2;
    const [one, two] = [source[end], source[end + 1]];
    if ((one !== CR || two !== LF) && (one !== DASH || two !== DASH)) return;
    // The last one ends the form.
    if (found.push(at) > MOST_PARTS + 1) throw tooManyParts();
  };
  if (source.subarray(0, line.length - 2).equals(line.subarray(2))) check(0);
  for (let at = source.indexOf(line); at >= 0; at = source.indexOf(line, at + 1)) check(at + 2);
  return found;
}

function tooManyParts(): InferwayError {
  return new InferwayError('invalid_request', {
    message: `The form has more than ${MOST_PARTS} parts, which no request of this protocol has.`,
  });
}
