import { illShaped } from '@inferway/core';
import { InferwayError, UNKNOWN_MEDIA_TYPE } from '@inferway/core';
import { BytesBody, encodeMultipart, MultipartBody, type WireBody } from '@inferway/wire';

/** A body as it travels. */
export interface EncodedBody {
  readonly data: string | Uint8Array;
  /** Undefined for JSON, which is what requests usually are. */
  readonly contentType: string | undefined;
  /** What of it is text: no error message may repeat it. */
  readonly text: string;
}

/** @throws {InferwayError} `invalid_request` for a media type that no header can carry: libraries quote it, and take it for a lost connection. */
export function encodeBody(body: WireBody): EncodedBody {
  if (body instanceof MultipartBody) {
    const { data, contentType } = encodeMultipart(body);
    const fields = body.parts.flatMap((part) => ('value' in part ? [part.value] : []));
    return { data, contentType, text: JSON.stringify(fields) };
  }
  if (body instanceof BytesBody) {
    return { data: body.data, contentType: checkedType(body.mediaType), text: '' };
  }
  let data: string;
  try {
    data = JSON.stringify(body);
  } catch (reason) {
    throw illShaped(reason);
  }
  return { data, contentType: undefined, text: data };
}

function checkedType(mediaType: string): string {
  if (mediaType === '') return UNKNOWN_MEDIA_TYPE;
  if (/^[\u0020-\u007e]+$/u.test(mediaType)) return mediaType;
  throw new InferwayError('invalid_request', {
    message:
      'The media type of a file holds a line break or a character beyond ASCII, which no header can carry. Give one such as "audio/wav".',
    param: 'mediaType',
    sent: 'no',
  });
}
