/** What a provider's headers said of its limits when it answered. Unknown parts are left out. */
export interface RateLimitSnapshot {
  readonly requests?: LimitWindow | undefined;
  readonly tokens?: LimitWindow | undefined;
  readonly inputTokens?: LimitWindow | undefined;
  readonly outputTokens?: LimitWindow | undefined;
}

export interface LimitWindow {
  readonly limit?: number | undefined;
  readonly remaining?: number | undefined;
  /** Milliseconds from the answer until the window is whole again. */
  readonly resetMs?: number | undefined;
  /** Milliseconds over which the limit counts, where that is known: 60 000 for a limit per minute. */
  readonly windowMs?: number | undefined;
}
