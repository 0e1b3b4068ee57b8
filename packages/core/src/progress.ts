/**
 * What a transport tells of an exchange while it runs, so that timers and traces need not sit inside it.
 * All are optional and synchronous; a transport that cannot tell a phase leaves it out.
 */
export interface Progress {
  /** The server is, or may be, only starting, which may take so many milliseconds more: the limit for a first event counts from then. */
  starting?(ms: number): void;
  /** A connection is asked for, from the pool or the network. Timers for connecting run only between this and `connected`. */
  connecting?(): void;
  /** A connection is there and the request is about to be written. */
  connected?(): void;
  /** Status and headers have arrived. */
  headers?(status: number): void;
  /** A network read, with the count of bytes it held. Keep-alive comments count. */
  bytes?(count: number): void;
}

/** Tells both, the second first (it is the inner one). */
export function joinProgress(outer: Progress | undefined, inner: Progress): Progress {
  if (outer === undefined) return inner;
  return {
    starting(ms) {
      inner.starting?.(ms);
      outer.starting?.(ms);
    },
    connecting() {
      inner.connecting?.();
      outer.connecting?.();
    },
    connected() {
      inner.connected?.();
      outer.connected?.();
    },
    headers(status) {
      inner.headers?.(status);
      outer.headers?.(status);
    },
    bytes(count) {
      inner.bytes?.(count);
      outer.bytes?.(count);
    },
  };
}
