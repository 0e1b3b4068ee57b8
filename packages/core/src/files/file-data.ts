import type { Media } from '../operations/parts.js';

/** Bytes in memory. */
export interface FileBytes {
  readonly type: 'bytes';
  readonly data: Uint8Array;
  /** Such as `audio/mpeg`; `application/octet-stream` where nobody knows. */
  readonly mediaType: string;
  /** As a form shows it to the provider; some tell the format by its ending. */
  readonly name?: string | undefined;
}

/** A file in a request or a result: bytes, base64 text, a URL, or the provider's own file id. */
export type FileData = FileBytes | Media;

/** The URL of a file that a provider keeps for a while. */
export type FileUrl = Extract<Media, { readonly type: 'url' }>;

/**
 * What an application may give for a file: any of `FileData`, raw bytes, a `Blob` or `File`, a stream of bytes (read into memory, so that a
 * retry can send it again), or a URL (`URL`, or text that begins with `https:`, `http:` or `data:`).
 */
export type FileInput =
  | FileData
  | Uint8Array
  | ArrayBuffer
  | Blob
  | URL
  | string
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;
