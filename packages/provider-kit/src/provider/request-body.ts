import { BytesBody, encodeMultipart, MultipartBody, type WireBody } from '@inferway/wire';

/** A body as it travels. */
export interface EncodedBody {
  readonly data: string | Uint8Array;
  /** Undefined for JSON, which is what requests usually are. */
  readonly contentType: string | undefined;
  /** What of it is text: no error message may repeat it. */
  readonly text: string;
}

export function encodeBody(body: WireBody): EncodedBody {
  if (body instanceof MultipartBody) {
    const { data, contentType } = encodeMultipart(body);
    const fields = body.parts.flatMap((part) => ('value' in part ? [part.value] : []));
    return { data, contentType, text: JSON.stringify(fields) };
  }
  if (body instanceof BytesBody) return { data: body.data, contentType: body.mediaType, text: '' };
  const data = JSON.stringify(body);
  return { data, contentType: undefined, text: data };
}
