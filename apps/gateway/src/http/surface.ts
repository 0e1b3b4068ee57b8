import type { IncomingHttpHeaders } from 'node:http';
import type { Operation, OperationTraits, RequestOf } from '@inferway/core';
import type { Format, WireBody } from '@inferway/wire';
import type { BodyKind } from './read-call.js';

/** What the gateway needs of a format: its server's doors, whatever its bodies are made of. */
export type ServedFormat<K extends Operation> = Pick<
  Format<K, object, WireBody, WireBody>,
  'decodeRequest' | 'encodeResponse' | 'streamEncoder' | 'byteEncoder'
>;

/** One operation in one protocol, as the gateway serves it. */
export interface Surface<K extends Operation> {
  readonly operation: K;
  readonly format: ServedFormat<K>;
  readonly traits?: OperationTraits<K>;
  /** In front of the id of an answer that has none of its own. */
  readonly idPrefix: string;
  /** Default `json`. */
  readonly takes?: BodyKind;
  /** Completes a request by what the protocol takes for granted, or says in headers. */
  readonly complete?: (request: RequestOf<K>, headers: IncomingHttpHeaders) => RequestOf<K>;
}
