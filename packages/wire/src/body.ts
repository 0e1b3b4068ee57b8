import type { JsonObject, JsonValue } from '@inferway/core';

/** A body that is a file. */
export class BytesBody {
  readonly data: Uint8Array;
  readonly mediaType: string;

  constructor(data: Uint8Array, mediaType: string) {
    this.data = data;
    this.mediaType = mediaType;
  }
}

/** A `multipart/form-data` body, its parts in order; a name may come more than once. */
export class MultipartBody {
  readonly parts: readonly FormPart[];

  constructor(parts: readonly FormPart[]) {
    this.parts = parts;
  }
}

/** A field: `value`; or a file: `data`. */
export type FormPart = FormField | FormFile;

export interface FormField {
  readonly name: string;
  readonly value: string;
}

export interface FormFile {
  readonly name: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly data: Uint8Array;
}

/** What a request or an answer is made of. JSON is meant where it is none of the two classes. */
export type WireBody = JsonObject | readonly JsonValue[] | MultipartBody | BytesBody;
