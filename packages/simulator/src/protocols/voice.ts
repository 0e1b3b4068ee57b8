import type { IncomingHttpHeaders } from 'node:http';
import type { InferwayError, Usage } from '@inferway/core';
import type { HttpAnswer } from '../http/exchange.js';
import type { LimitState } from '../limits/rate-limiter.js';

/** Why a request is not answered; every protocol has its own words for each. */
export type Problem =
  | { readonly kind: 'missing-key' }
  | { readonly kind: 'wrong-key'; readonly key: string }
  | { readonly kind: 'malformed-json' }
  | { readonly kind: 'too-large'; readonly limit: number }
  | { readonly kind: 'unknown-route'; readonly method: string; readonly path: string }
  | { readonly kind: 'unknown-model'; readonly model: string }
  | { readonly kind: 'wrong-operation'; readonly model: string }
  | { readonly kind: 'invalid'; readonly error: InferwayError }
  | { readonly kind: 'refused'; readonly answer: HttpAnswer }
  | { readonly kind: 'context-length'; readonly limit: number; readonly tokens: number }
  | {
      readonly kind: 'rate-limit';
      readonly model: string;
      readonly state: LimitState | undefined;
      readonly retryAfterMs: number;
    }
  | { readonly kind: 'quota' }
  /** Whatever has this status. */
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'server' }
  | { readonly kind: 'overloaded' };

/** How a protocol says what is the same in all: keys, errors, limits, ids. */
export interface Voice {
  readonly protocol: string;
  /** The response header that carries the request's id. */
  readonly requestIdHeader: string;
  /** A request's id in the provider's style; `unique` differs for each request. */
  requestId(unique: string): string;
  /** The id of an answer in the provider's style. */
  answerId(unique: string): string;
  /** The key of a request, as the provider looks for it. */
  credential(headers: IncomingHttpHeaders): string | undefined;
  /** The answer to a request that is refused. */
  refuse(problem: Problem, requestId: string): HttpAnswer;
  /** A problem as the provider tells it inside a stream that has begun: whole SSE messages. */
  streamError(problem: Problem, requestId: string): string;
  /** The state of the limits as response headers. */
  limitHeaders(states: readonly LimitState[], wallTime: number): Record<string, string>;
  /** Headers of an answer beside those, by the milliseconds that it took to begin. */
  answerHeaders?(
    elapsedMs: number,
    answer: { readonly stream: boolean; readonly usage: Usage },
  ): Record<string, string>;
  /** What keeps an idle stream alive: a whole SSE message or comment without content. */
  readonly ping: string;
}
