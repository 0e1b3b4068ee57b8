/** What the gateway takes from a caller before it says no. */
export interface InputLimits {
  /** Bytes of a body, counted after decompression. */
  readonly bodyBytes: number;
  /** Levels of arrays and objects in a body. */
  readonly jsonDepth: number;
  /** Bytes of all request headers together. */
  readonly headerBytes: number;
  /** Milliseconds until all headers of a request must be there. */
  readonly headersMs: number;
  /** Milliseconds until a whole request must be there. */
  readonly requestMs: number;
  /** Milliseconds for which a caller may take nothing of a stream before it is given up. */
  readonly stallMs: number;
  /** Connections open at once; further ones are closed at once. */
  readonly connections: number;
}

export const DEFAULT_LIMITS: InputLimits = {
  bodyBytes: 20 * 1024 * 1024,
  jsonDepth: 64,
  headerBytes: 16 * 1024,
  headersMs: 15_000,
  requestMs: 60_000,
  stallMs: 120_000,
  connections: 10_000,
};
