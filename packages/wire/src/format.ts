import type {
  EventOf,
  InferwayError,
  JsonObject,
  Operation,
  OperationTraits,
  RequestOf,
  ResultOf,
  Usage,
  Warning,
} from '@inferway/core';
import type { WireBody } from './body.js';
import type { SseMessage } from './sse-message.js';

/**
 * The client's doors of a wire format: all that an adapter needs, so that who brings a protocol of his own need not write a server for it.
 *
 * `Dialect` is the format's own type for what providers do differently; a profile is a value of it, so no format knows a provider's name.
 * `Sent` is what its requests are made of: JSON for most.
 */
export interface ClientFormat<
  K extends Operation = Operation,
  Dialect extends object = object,
  Sent extends WireBody | undefined = JsonObject,
> {
  /** `openai-chat`, `anthropic-messages` …; also the tag of opaque parts and passed-through fields. */
  readonly name: string;
  readonly operation: K;
  /** Of operations whose traits the client does not have by itself: all but chat and complete. */
  readonly traits?: OperationTraits<K> | undefined;
  /**
   * `any`: a success may be other than JSON, and `decodeResponse` then gets a `BytesBody`. Default `json`: the body is parsed, whatever its content type says.
   */
  readonly answers?: 'json' | 'any' | undefined;

  /** Canonical request to body. What the dialect does not take is dropped and told to `to.warn`. @throws {InferwayError} `invalid_request` for what cannot be said at all. */
  encodeRequest(request: RequestOf<K>, to: EncodeTarget<Dialect>): Sent;
  /** Body of a success to canonical result. Lenient: unknown fields are kept or skipped. Calls `from.fail` for an error inside a 200 and throws what it gives. @throws {InferwayError} `protocol`, `empty_response`. */
  decodeResponse(body: unknown, from: DecodeSource<Dialect>): Decoded<K>;
  /** A decoder for one answer streamed as server-sent events; absent where the format has none. */
  readonly streamDecoder?: (from: DecodeSource<Dialect>) => StreamDecoder<EventOf<K>>;
  /** A decoder for one answer streamed as anything else, such as the bytes of a sound file. Takes precedence where the content type is not `text/event-stream`. */
  readonly byteDecoder?: (
    from: DecodeSource<Dialect>,
    mediaType: string,
  ) => ByteDecoder<EventOf<K>>;
}

/**
 * A wire format: one operation in one protocol, as pure functions in both directions. Adapters use the client's doors
 * (`encodeRequest`, `decodeResponse`, `streamDecoder`), servers the others (`decodeRequest`, `encodeResponse`, `streamEncoder`).
 * Law: what one side encodes, the other decodes to the same value.
 */
export interface Format<
  K extends Operation = Operation,
  Dialect extends object = object,
  Sent extends WireBody | undefined = JsonObject,
  Answered extends WireBody = JsonObject,
> extends ClientFormat<K, Dialect, Sent> {
  /** Body from a caller (parsed JSON, or a `MultipartBody` or `BytesBody`) to canonical request. Strict in types and ranges. @throws {InferwayError} `invalid_request` whose `param` is the path of the field. */
  decodeRequest(body: unknown): DecodedRequest<K>;
  /** Canonical result to the body that a client of this protocol expects. */
  encodeResponse(answer: Decoded<K>, as: EncodeAs & StreamAs): Answered;
  /** An encoder for one streamed answer. */
  readonly streamEncoder?: (as: EncodeAs & StreamAs) => StreamEncoder<EventOf<K>>;
  /** An encoder for one answer streamed as bytes, for callers that did not ask for server-sent events. */
  readonly byteEncoder?: (as: EncodeAs & StreamAs) => ByteEncoder<EventOf<K>>;

  /** The error body of this protocol, for a status of its own. Secrets and prompts are never in an `InferwayError`'s message. */
  encodeError(error: InferwayError, requestId: string | undefined): JsonObject;
}

/** A format whose answers can be streamed as server-sent events. */
export type StreamingFormat<
  K extends Operation = Operation,
  Dialect extends object = object,
> = Format<K, Dialect> & Required<Pick<Format<K, Dialect>, 'streamDecoder' | 'streamEncoder'>>;

/** Where a request goes. */
export interface EncodeTarget<Dialect extends object = object> {
  /** The model id to write. */
  readonly model: string;
  readonly stream: boolean;
  /** The provider's name in the client: its own options are in `request.providerOptions[provider]` and are merged into the body last. */
  readonly provider: string;
  readonly dialect?: Dialect | undefined;
  warn(warning: Warning): void;
}

/** Where an answer comes from. */
export interface DecodeSource<Dialect extends object = object> {
  readonly dialect?: Dialect | undefined;
  /** HTTP status of the answer. */
  readonly status?: number | undefined;
  /** The canonical request, for answers that cannot be read without it (an embedding asked for as base64). */
  readonly request?: object | undefined;
  /** A header of the answer, by its name in lower case, for protocols that count in headers. */
  header?(name: string): string | undefined;
  /** Makes the typed error for an error body found inside a success, by the provider's one classifier. */
  fail(body: unknown): InferwayError;
  warn(warning: Warning): void;
  /** What the answer's body says that the provider needed, in milliseconds by the names it gives. */
  timed?(timings: Readonly<Record<string, number>>): void;
}

/** A decoded answer: the result, and what stands beside it on the envelope. */
export interface Decoded<K extends Operation> {
  readonly result: ResultOf<K>;
  readonly usage?: Usage | undefined;
}

/** A decoded request of a caller. */
export interface DecodedRequest<K extends Operation> {
  /** As the caller wrote it. */
  readonly model: string;
  readonly stream: boolean;
  readonly request: RequestOf<K>;
  /** What the answer's encoder must know of the request. */
  readonly as: StreamAs;
}

/** How an answer is to be written. */
export interface EncodeAs {
  /** The id to give the answer where it has none. */
  readonly id: string;
  /** The model's name to show where the answer names none. */
  readonly model: string;
  /** Seconds since the epoch, where the answer says none. */
  readonly created: number;
}

export interface StreamAs {
  /** OpenAI: the caller asked for a usage chunk (`stream_options.include_usage`). Others always send it. */
  readonly includeUsage?: boolean | undefined;
  /** Embeddings: the encoding that the caller asked for. */
  readonly encoding?: 'float' | 'base64' | undefined;
  /** Where an operation's answer has several forms (`srt`, `b64_json` …), the one that the caller asked for. */
  readonly form?: string | undefined;
  /** OpenAI Responses: settings of the request that its answer repeats. */
  readonly echo?: JsonObject | undefined;
}

/** Decodes the messages of one stream. Made for one answer; not reusable. */
export interface StreamDecoder<E> {
  /** Takes one SSE message and appends its events to `out`. Drift never throws; an in-band error throws what `from.fail` gives. @throws {InferwayError} */
  message(message: SseMessage, out: E[]): void;
  /** The transport's end. @throws {InferwayError} `stream_interrupted` where the terminal signal was missing, `empty_response` where nothing came at all. */
  end(out: E[]): void;
  /** True once the protocol's own end was seen: the rest of the bytes is nobody's. */
  readonly done: boolean;
  /** As far as reported. */
  readonly usage: Usage | undefined;
}

/** Decodes the bytes of one stream, framing included. Made for one answer; not reusable. */
export interface ByteDecoder<E> {
  /** Takes what one network read held and appends its events to `out`. Keeps no reference to `chunk`'s memory beyond what it appends. @throws {InferwayError} */
  bytes(chunk: Uint8Array, out: E[]): void;
  /** The transport's own end. @throws {InferwayError} `stream_interrupted`, `empty_response`. */
  end(out: E[]): void;
  /** True once the protocol's own end was seen: the rest of the bytes is nobody's. */
  readonly done: boolean;
  /** As far as reported. */
  readonly usage: Usage | undefined;
}

/** Encodes the events of one answer into the bytes of a file. A failure cannot be told in them: the connection is cut. */
export interface ByteEncoder<E> {
  /** Known once the first events have been encoded. */
  readonly mediaType: string;
  encode(events: readonly E[]): Uint8Array;
}

/** Encodes the events of one answer into wire text, framing included. */
export interface StreamEncoder<E> {
  /** The text for these events; may be empty. The protocol's terminal signal comes with the `end` event. */
  encode(events: readonly E[]): string;
  /** The text that tells a client of this protocol that the answer failed after it began. No terminal signal follows. */
  fail(error: InferwayError, requestId: string | undefined): string;
}
