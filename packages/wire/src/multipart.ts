import { InferwayError } from '@inferway/core';
import { MultipartBody, type FormPart } from './body.js';

const encoder = new TextEncoder();

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
 * @throws {InferwayError} `invalid_request` for what is no form.
 */
export async function decodeMultipart(
  data: Uint8Array,
  contentType: string,
): Promise<MultipartBody> {
  let form: FormData;
  try {
    const { body, type } = withLongBoundary(data, contentType);
    form = await new Response(body, { headers: { 'content-type': type } }).formData();
  } catch {
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

function freeBoundary(contents: readonly Uint8Array[]): string {
  for (let number = 1; ; number++) {
    const boundary = `inferway-form-boundary-${number}`;
    if (
      !contents.some((data) =>
        Buffer.from(data.buffer, data.byteOffset, data.length).includes(boundary),
      )
    )
      return boundary;
  }
}

const BOUNDARY = /;\s*boundary=(?:"([^"]*)"|([^;\s]*))/iu;
/** Shorter ones may stand in content by chance, and Node's parser takes their letters for a boundary wherever they stand. */
const SHORTEST = 27;

/** The same form with a boundary that stands nowhere else in it. The copy is memory of its own, as the platform's types want it. */
function withLongBoundary(
  data: Uint8Array,
  contentType: string,
): { readonly body: Uint8Array<ArrayBuffer>; readonly type: string } {
  const [, quotedOne, bare] = BOUNDARY.exec(contentType) ?? [];
  const boundary = quotedOne ?? bare ?? '';
  if (boundary === '' || boundary.length >= SHORTEST) {
    return { body: Uint8Array.from(data), type: contentType };
  }
  const source = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const long = freeBoundary([data]);
  const pieces: Uint8Array[] = [];
  let from = 0;
  const delimiter = `--${boundary}`;
  for (let at = source.indexOf(delimiter); at >= 0; at = source.indexOf(delimiter, at + 1)) {
    const end = at + delimiter.length;
    // Only where it stands on a line of its own: elsewhere it is content.
    const starts = at === 0 || source.toString('latin1', at - 2, at) === '\r\n';
    const after = source.toString('latin1', end, end + 2);
    if (!starts || (after !== '\r\n' && after !== '--')) continue;
    pieces.push(source.subarray(from, at), Buffer.from(`--${long}`));
    from = end;
  }
  pieces.push(source.subarray(from));
  return {
    body: new Uint8Array(Buffer.concat(pieces)),
    type: `multipart/form-data; boundary=${long}`,
  };
}
