/** One dispatched message of an event stream (WHATWG HTML §9.2), reduced to what inference protocols use. */
export interface SseMessage {
  /** The `event:` field, where there was one. */
  readonly event?: string | undefined;
  /** The latest `id:` of the stream, where it has any: what `Last-Event-ID` says to go on after this message. */
  readonly id?: string | undefined;
  /** All `data:` lines, joined by line feeds. */
  readonly data: string;
  /** True for what stood at the end of the bytes without the blank line that ends a message: the text may not be whole. */
  readonly cut?: boolean | undefined;
}
