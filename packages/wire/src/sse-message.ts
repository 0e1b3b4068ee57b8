/** One dispatched message of an event stream (WHATWG HTML §9.2), reduced to what inference protocols use. */
export interface SseMessage {
  /** The `event:` field, where there was one. */
  readonly event?: string | undefined;
  /** All `data:` lines, joined by line feeds. */
  readonly data: string;
}
