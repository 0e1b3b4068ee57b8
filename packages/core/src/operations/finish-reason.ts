/** Why the model stopped. */
export interface FinishReason {
  readonly unified:
    | 'stop'
    | 'length'
    | 'tool-calls'
    | 'content-filter'
    | 'error'
    | 'other'
    | 'unknown';
  /** The provider's own word; undefined when it gave none. */
  readonly raw?: string | undefined;
}
