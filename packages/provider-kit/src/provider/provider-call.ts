import type { Call, InferwayError, Operation, ReplyMeta, Warning } from '@inferway/core';
import type { DecodeSource, EncodeTarget } from '@inferway/wire';
import { classifyError } from '../errors/classify-error.js';
import { headerValue, type HeaderRecord } from '../transport/header-record.js';
import type { HttpResponse } from '../transport/http-response.js';
import type { Endpoint, Endpoints } from './endpoint.js';
import type { Profile } from './profile.js';

const REQUEST_ID_HEADERS = ['x-request-id', 'request-id'] as const;

/** One call on its way to a provider and back: what its format asks of both directions, and what its reply tells. */
export class ProviderCall implements EncodeTarget, DecodeSource {
  readonly call: Call;
  readonly model: string;
  readonly stream: boolean;
  readonly provider: string;
  readonly dialect: object | undefined;
  warnings: Warning[] | undefined;
  /** The JSON text sent; kept for the check that no error message repeats it. */
  body = '';
  readonly #profile: Profile<string, Endpoints>;
  readonly #secrets: readonly string[];
  #response: HttpResponse | undefined;
  #headersMs: number | undefined;

  constructor(
    profile: Profile<string, Endpoints>,
    endpoint: Endpoint<Operation>,
    call: Call,
    secrets: readonly string[],
  ) {
    this.#profile = profile;
    this.#secrets = secrets;
    this.call = call;
    this.model = call.model.id;
    this.stream = call.stream;
    this.provider = call.model.provider;
    const { dialect } = endpoint;
    this.dialect =
      typeof dialect === 'function' ? dialect(call.model.id, call.request as never) : dialect;
  }

  /** What was asked, for answers that cannot be read without it. */
  get request(): object {
    return this.call.request as object;
  }

  warn(warning: Warning): void {
    (this.warnings ??= []).push(warning);
  }

  /** The typed error for an error body, of a status or inside a success. */
  fail(body: unknown): InferwayError {
    const headers = this.#response?.headers ?? {};
    return classifyError({
      provider: this.provider,
      model: this.model,
      status: this.#response?.status ?? 200,
      headers,
      body,
      requestId: this.#requestId(headers),
      servedBy: this.#profile.servedBy?.(headers),
      secrets: this.#secrets,
      request: this.body,
      now: this.call.state.runtime.clock.wallTime(),
      refine: this.#profile.refineError,
    });
  }

  /** Completes an error that was made without knowledge of the reply. */
  readonly name = (error: InferwayError): InferwayError => {
    error.provider ??= this.provider;
    error.model ??= this.model;
    const requestId = error.requestId ?? this.#requestId(this.#response?.headers ?? {});
    if (requestId !== undefined) error.requestId = requestId;
    const servedBy = error.servedBy ?? this.#profile.servedBy?.(this.#response?.headers ?? {});
    if (servedBy !== undefined) error.servedBy = servedBy;
    return error;
  };

  accepted(response: HttpResponse): void {
    this.#response = response;
    this.#headersMs = this.#elapsed();
    if (response.resent) {
      this.warn({
        type: 'other',
        message:
          'A kept-alive connection closed while the request was written, so it was sent again on a fresh one; the provider may have executed it twice.',
      });
    }
  }

  meta(response: HttpResponse): ReplyMeta {
    const { headers, status } = response;
    const profile = this.#profile;
    return {
      provider: this.provider,
      model: this.model,
      servedBy: profile.servedBy?.(headers),
      requestId: this.#requestId(headers),
      status,
      headers: keep(headers, profile.keepHeaders),
      rateLimit: profile.rateLimit?.(headers, this.call.state.runtime.clock.wallTime()),
      timings: {
        headersMs: this.#headersMs,
        totalMs: this.stream ? undefined : this.#elapsed(),
        server: profile.serverTimings?.(headers),
      },
      warnings: this.warnings,
    };
  }

  #elapsed(): number {
    const { state } = this.call;
    return state.runtime.clock.now() - state.startedAt;
  }

  #requestId(headers: HeaderRecord): string | undefined {
    for (const name of this.#profile.requestIdHeaders ?? REQUEST_ID_HEADERS) {
      const value = headerValue(headers, name);
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

function keep(
  headers: HeaderRecord,
  names: readonly string[] | undefined,
): Readonly<Record<string, string>> | undefined {
  if (names === undefined) return undefined;
  let kept: Record<string, string> | undefined;
  for (const name of names) {
    const value = headerValue(headers, name);
    if (value !== undefined) (kept ??= {})[name] = value;
  }
  return kept;
}
