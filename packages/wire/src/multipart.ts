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
    // A copy: the platform's types want memory that is not shared.
    const body = Uint8Array.from(data);
    form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
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
