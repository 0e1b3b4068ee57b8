import type { InferwayError } from '@inferway/core';
import type { ByteEncoder, StreamEncoder } from '@inferway/wire';

/** How the events of an answer become the pieces of its body. */
export interface StreamWriter<E> {
  /** Known once the first events have been encoded. */
  readonly contentType: string;
  /** True where comments may stand between the pieces. */
  readonly beats: boolean;
  encode(events: readonly E[]): string | Uint8Array;
  /** What tells the caller of a failure, where the body has words for it. */
  fail(error: InferwayError, requestId: string): string | undefined;
}

/** Server-sent events. */
export function eventWriter<E>(encoder: StreamEncoder<E>): StreamWriter<E> {
  return {
    contentType: 'text/event-stream',
    beats: true,
    encode: (events) => encoder.encode(events),
    fail: (error, requestId) => encoder.fail(error, requestId),
  };
}

/** A file, as its bytes come. */
export function fileWriter<E>(encoder: ByteEncoder<E>): StreamWriter<E> {
  return {
    get contentType() {
      return encoder.mediaType;
    },
    beats: false,
    encode: (events) => encoder.encode(events),
    fail: () => undefined,
  };
}
