import type { JsonObject, JsonValue } from '../json.js';

/** Asks the provider to keep the prompt up to and including this part in its prompt cache. Ignored where caching needs no marker. */
export interface CacheMarker {
  readonly ttl?: '5m' | '1h' | undefined;
}

/**
 * What a wire format needs back unchanged and nobody else understands: a reasoning signature, encrypted reasoning.
 * Sent only to targets of the same `format`.
 */
export interface Opaque {
  /** Name of the wire format, such as `anthropic-messages`. */
  readonly format: string;
  readonly value: JsonValue;
  /** The provider that gave it, by its name in the client. Another one of the same format has other keys, and is not sent it. */
  readonly issuer?: string | undefined;
}

interface Part {
  readonly cache?: CacheMarker | undefined;
  readonly opaque?: Opaque | undefined;
}

export interface TextPart extends Part {
  readonly type: 'text';
  readonly text: string;
  readonly citations?: readonly Citation[] | undefined;
}

/** Where a stretch of text comes from. */
export interface Citation {
  readonly url?: string | undefined;
  readonly title?: string | undefined;
  /** The cited words of the source. */
  readonly quote?: string | undefined;
  /** Range in the answer's text, in UTF-16 units, end exclusive. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  /** The provider's own citation, returned to it unchanged. */
  readonly opaque?: Opaque | undefined;
}

/** Bytes as base64, a URL, or the provider's own file id. */
export type Media =
  | { readonly type: 'base64'; readonly data: string; readonly mediaType: string }
  | { readonly type: 'url'; readonly url: string; readonly mediaType?: string | undefined }
  | { readonly type: 'file-id'; readonly id: string };

export interface ImagePart extends Part {
  readonly type: 'image';
  readonly image: Media;
  readonly detail?: 'auto' | 'low' | 'high' | undefined;
}

export interface AudioPart extends Part {
  readonly type: 'audio';
  readonly audio: Media;
  /** What is spoken, where the model that spoke said so. */
  readonly transcript?: string | undefined;
}

export interface FilePart extends Part {
  readonly type: 'file';
  readonly file: Media | { readonly type: 'text'; readonly text: string };
  readonly name?: string | undefined;
}

/** The model asks for a tool to be run. `arguments` is the JSON text as the model wrote it. */
export interface ToolCallPart extends Part {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** What a tool answered, matched to its call by `id`. */
export interface ToolResultPart extends Part {
  readonly type: 'tool-result';
  readonly id: string;
  readonly name?: string | undefined;
  readonly content: string | readonly (TextPart | ImagePart | FilePart | ProviderPart)[];
  readonly isError?: boolean | undefined;
}

/** The model's reasoning, as far as it is shown. Feed it back unchanged: `opaque` holds the provider's signature. */
export interface ReasoningPart extends Part {
  readonly type: 'reasoning';
  readonly text: string;
}

/** The model declined to answer. */
export interface RefusalPart extends Part {
  readonly type: 'refusal';
  readonly text: string;
}

/** A part that only one wire format knows (a server-side tool's call or result), kept whole and returned unchanged. */
export interface ProviderPart {
  readonly type: 'provider';
  readonly format: string;
  readonly kind: string;
  readonly value: JsonObject;
  readonly cache?: undefined;
  readonly opaque?: undefined;
}

export type UserPart = TextPart | ImagePart | AudioPart | FilePart | ProviderPart;
export type AssistantPart =
  | TextPart
  | ReasoningPart
  | ToolCallPart
  | RefusalPart
  | ImagePart
  | AudioPart
  | FilePart
  | ProviderPart;
