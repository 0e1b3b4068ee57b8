import {
  fileBytes,
  InferwayError,
  isJsonObject,
  rawTraits,
  type FileData,
  type JsonValue,
  type RawRequest,
} from '@inferway/core';
import { BytesBody, MultipartBody, type FormPart, type WireBody } from '../body.js';
import type { ClientFormat, DecodeSource, Decoded, EncodeTarget } from '../format.js';

/** Requests and answers of no format in particular, as they are. */
export const rawCall: ClientFormat<'raw', object, WireBody | undefined> = {
  name: 'raw',
  operation: 'raw',
  traits: rawTraits,
  answers: 'any',
  encodeRequest,
  decodeResponse,
};

function encodeRequest(request: RawRequest, to: EncodeTarget): WireBody | undefined {
  const { json, form, file } = request;
  if ([json, form, file].filter((body) => body !== undefined).length > 1) {
    throw new InferwayError('invalid_request', {
      message: 'A raw call has one body: give one of json, form and file.',
      param: 'json',
      sent: 'no',
    });
  }
  if (form !== undefined) {
    return new MultipartBody(Object.entries(form).map(([name, value]) => partOf(name, value)));
  }
  if (file !== undefined) {
    return new BytesBody(fileBytes(file), 'mediaType' in file ? (file.mediaType ?? '') : '');
  }
  if (isJsonObject(json)) return 'model' in json ? json : { model: to.model, ...json };
  if (json === undefined || Array.isArray(json)) return json as readonly JsonValue[] | undefined;
  throw new InferwayError('invalid_request', {
    message: 'The JSON of a raw call is an object or a list.',
    param: 'json',
    sent: 'no',
  });
}

function partOf(name: string, value: string | FileData): FormPart {
  if (typeof value === 'string') return { name, value };
  const data = fileBytes(value);
  const mediaType = 'mediaType' in value ? value.mediaType : undefined;
  return {
    name,
    data,
    fileName: ('name' in value ? value.name : undefined) ?? name,
    mediaType: mediaType ?? 'application/octet-stream',
  };
}

function decodeResponse(body: unknown, from: DecodeSource): Decoded<'raw'> {
  const status = from.status ?? 200;
  if (!(body instanceof BytesBody)) return { result: { status, json: body as JsonValue } };
  const { data, mediaType } = body;
  return {
    result: data.length === 0 ? { status } : { status, file: { type: 'bytes', data, mediaType } },
  };
}
