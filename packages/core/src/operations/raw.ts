import type { FileBytes, FileData, FileInput } from '../files/file-data.js';
import type { JsonValue } from '../json.js';

interface RawSettings {
  /** Default: `POST` with a body, else `GET`. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | undefined;
  /** Beneath the provider's base URL, without a slash in front: `moderations`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** A JSON body. An object that names no `model` is given the call's model id. */
  readonly json?: JsonValue | undefined;
}

/**
 * A call of whatever else a provider's API has, in the provider's own words, with the chain around it: key, retry, limits, traces, typed errors.
 * One of `json`, `form` and `file` is the body; without any there is none.
 */
export interface RawRequest extends RawSettings {
  /** A `multipart/form-data` body. */
  readonly form?: Readonly<Record<string, string | FileData>> | undefined;
  /** A body of bytes. */
  readonly file?: FileData | undefined;
}

/** What an application writes for a raw call. */
export interface RawInput extends RawSettings {
  /** Texts are fields; anything else is a file. */
  readonly form?:
    | Readonly<Record<string, string | number | boolean | Exclude<FileInput, string>>>
    | undefined;
  readonly file?: FileInput | undefined;
}

export interface RawResult {
  readonly status: number;
  /** Of an answer in JSON. */
  readonly json?: JsonValue | undefined;
  /** Of any other answer that has a body. */
  readonly file?: FileBytes | undefined;
}

declare module '../operations.js' {
  interface Operations {
    raw: { request: RawRequest; input: RawInput; result: RawResult; event: never };
  }
}
