import type { LimitState } from '../../limits/rate-limiter.js';

/** `x-ratelimit-*`: requests and tokens, the time to reset as a duration like `6m0s`. */
export function limitHeaders(states: readonly LimitState[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const state of states) {
    if (state.name !== 'requests' && state.name !== 'tokens') continue;
    headers[`x-ratelimit-limit-${state.name}`] = String(state.limit);
    headers[`x-ratelimit-remaining-${state.name}`] = String(state.remaining);
    headers[`x-ratelimit-reset-${state.name}`] = duration(state.resetMs);
  }
  return headers;
}

/** Milliseconds as OpenAI writes durations: `12ms`, `1.5s`, `6m0s`, `1h0m2s`. */
export function duration(ms: number): string {
  const rounded = Math.ceil(ms);
  if (rounded < 1000) return `${rounded}ms`;
  const seconds = rounded / 1000;
  if (seconds < 60) return `${trimmed(seconds)}s`;
  const minutes = Math.floor(seconds / 60);
  const rest = `${trimmed(seconds - minutes * 60)}s`;
  return minutes < 60
    ? `${minutes}m${rest}`
    : `${Math.floor(minutes / 60)}h${minutes % 60}m${rest}`;
}

function trimmed(seconds: number): string {
  return String(Number(seconds.toFixed(3)));
}
