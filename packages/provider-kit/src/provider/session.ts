import {
  systemClock,
  type Clock,
  type InferwayError,
  type ReplyMeta,
  type Warning,
} from '@inferway/core';
import { BytesBody } from '@inferway/wire';
import { classifyError } from '../errors/classify-error.js';
import { checkHeaders } from '../transport/check-header.js';
import { headerValue, type HeaderRecord } from '../transport/header-record.js';
import type { RequestHeaders } from '../transport/http-request.js';
import type { HttpResponse } from '../transport/http-response.js';
import { deadlineValue } from './deadline-header.js';
import { bodyKind, parseAnswer, webPage } from './answer-body.js';
import type { KeyedHeaders } from './provider-key.js';
import { encodeBody } from './request-body.js';
import type { Reach, SessionContext } from './session-context.js';
import { addressOf, type SessionRequest } from './session-request.js';

const REQUEST_ID_HEADERS = ['x-request-id', 'request-id'] as const;

/** Exchanges with one provider for one purpose: keyed, classified, and what is known of them for the reply's envelope. */
export class Session {
  readonly provider: string;
  readonly model: string;
  warnings: Warning[] | undefined;
  protected readonly connection: Reach;
  protected readonly context: SessionContext;
  readonly #keyed: KeyedHeaders;
  #response: HttpResponse | undefined;
  #headersMs: number | undefined;
  #sent = '';
  #timings: Record<string, number> | undefined;

  constructor(connection: Reach, context: SessionContext) {
    this.connection = connection;
    this.context = context;
    this.#keyed = connection.key.headersFor(context.credential);
    const { model } = context;
    this.provider = model?.provider ?? connection.identity.name;
    this.model = model?.id ?? '';
  }

  get clock(): Clock {
    return this.context.state?.runtime.clock ?? this.context.clock ?? systemClock;
  }

  get signal(): AbortSignal {
    return this.context.signal;
  }

  /** What no error may show: the key. */
  get secrets(): readonly string[] {
    return this.#keyed.secrets;
  }

  /** Of the latest answer. */
  get status(): number | undefined {
    return this.#response?.status;
  }

  /**
   * One exchange, up to status and headers. Read the answer or cancel it.
   *
   * @throws {InferwayError} for a status of 400 and up, classified; `connection`, `timeout`, or the signal's reason.
   */
  exchange(request: SessionRequest): Promise<HttpResponse> {
    try {
      return this.#exchange(request).then(this.#answered);
    } catch (reason) {
      return Promise.reject(reason);
    }
  }

  #exchange(request: SessionRequest): Promise<HttpResponse> {
    const { connection, context, provider } = this;
    const { origin, path, own } = request.address ?? addressOf(request, connection.base, provider);
    const body = request.body === undefined ? undefined : encodeBody(request.body);
    if (body !== undefined) this.#sent = body.text;
    return connection.transport.exchange({
      method: request.method ?? (body === undefined ? 'GET' : 'POST'),
      origin,
      path,
      headers: own
        ? this.#withDeadline(headersOf(this.#keyed.headers, request, body))
        : headersOf(FOREIGN, request, body),
      body: body?.data,
      signal: context.signal,
      redirects: request.redirects,
      progress: context.progress,
    });
  }

  readonly #answered = (response: HttpResponse): HttpResponse | Promise<HttpResponse> => {
    this.#accepted(response);
    return response.status >= 400 ? this.#refused(response) : response;
  };

  async #refused(response: HttpResponse): Promise<never> {
    throw this.fail(await this.#errorText(response));
  }

  /** One exchange that is answered in JSON. @throws {InferwayError} as `exchange`; `protocol`, `empty_response`. */
  async json(request: SessionRequest): Promise<unknown> {
    const response = await this.exchange(request);
    if (bodyKind(response) === 'html') throw this.#refuse(response, webPage(this.provider));
    return parseAnswer(await response.text(), this);
  }

  /** One exchange that is answered with a file. @throws {InferwayError} as `exchange`. */
  async bytes(request: SessionRequest): Promise<BytesBody> {
    const response = await this.exchange(request);
    return new BytesBody(await response.bytes(), mediaTypeOf(response.headers));
  }

  /** A header of the latest answer. */
  header(name: string): string | undefined {
    return headerValue(this.#response?.headers ?? {}, name);
  }

  warn(warning: Warning): void {
    (this.warnings ??= []).push(warning);
  }

  timed(timings: Readonly<Record<string, number>>): void {
    this.#timings = Object.assign(this.#timings ?? {}, timings);
  }

  /** The typed error for an error body, of a status or inside a success. */
  fail(body: unknown): InferwayError {
    const headers = this.#response?.headers ?? {};
    const { identity } = this.connection;
    return classifyError({
      provider: this.provider,
      model: this.model === '' ? undefined : this.model,
      status: this.#response?.status ?? 200,
      headers,
      body,
      requestId: this.#requestId(headers),
      servedBy: identity.servedBy?.(headers),
      secrets: this.#keyed.secrets,
      request: this.#sent,
      now: this.clock.wallTime(),
      refine: identity.refineError,
    });
  }

  /** Completes an error that was made without knowledge of the reply. */
  readonly name = (error: InferwayError): InferwayError => {
    error.provider ??= this.provider;
    if (this.model !== '') error.model ??= this.model;
    const headers = this.#response?.headers ?? {};
    const requestId = error.requestId ?? this.#requestId(headers);
    if (requestId !== undefined) error.requestId = requestId;
    const servedBy = error.servedBy ?? this.connection.identity.servedBy?.(headers);
    if (servedBy !== undefined) error.servedBy = servedBy;
    return error;
  };

  /** What the envelope says of the latest answer. Timings and warnings that come later still reach it where `live`. */
  meta(live: boolean): ReplyMeta {
    const { identity } = this.connection;
    const headers = this.#response?.headers ?? {};
    if (live) {
      this.warnings ??= [];
      this.#timings ??= {};
    }
    const server = identity.serverTimings?.(headers);
    // A body that has come already knows better than the headers before it.
    if (server !== undefined) this.#timings = { ...server, ...this.#timings };
    return {
      provider: this.provider,
      model: this.model,
      servedBy: identity.servedBy?.(headers),
      requestId: this.#requestId(headers),
      status: this.#response?.status,
      headers: keep(headers, identity.keepHeaders),
      rateLimit: identity.rateLimit?.(headers, this.clock.wallTime()),
      timings: {
        headersMs: this.#headersMs,
        totalMs: live ? undefined : this.#elapsed(),
        server: this.#timings,
      },
      warnings: this.warnings,
    };
  }

  #withDeadline(headers: RequestHeaders): RequestHeaders {
    const { deadlineHeader } = this.connection;
    const left = deadlineHeader && deadlineValue(this.context.state);
    return left === undefined || deadlineHeader === undefined
      ? headers
      : { ...headers, [deadlineHeader]: left };
  }

  #accepted(response: HttpResponse): void {
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

  // An error whose body breaks off is still that error.
  async #errorText(response: HttpResponse): Promise<string> {
    try {
      return await response.text();
    } catch (reason) {
      if (this.signal.aborted) throw reason;
      return '';
    }
  }

  #refuse(response: HttpResponse, error: InferwayError): InferwayError {
    response.cancel(error);
    return error;
  }

  #elapsed(): number | undefined {
    const { state } = this.context;
    return state === undefined ? undefined : state.runtime.clock.now() - state.startedAt;
  }

  #requestId(headers: HeaderRecord): string | undefined {
    for (const name of this.connection.identity.requestIdHeaders ?? REQUEST_ID_HEADERS) {
      const value = headerValue(headers, name);
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

/** The media type of an answer, without parameters. */
export function mediaTypeOf(headers: HeaderRecord): string {
  const [type = ''] = (headerValue(headers, 'content-type') ?? '').split(';');
  return type.trim().toLowerCase() || 'application/octet-stream';
}

const FOREIGN: RequestHeaders = { 'accept-encoding': 'identity', 'user-agent': 'inferway' };

function headersOf(
  keyed: RequestHeaders,
  { headers }: SessionRequest,
  body: { readonly contentType: string | undefined } | undefined,
): RequestHeaders {
  if (body?.contentType === undefined && headers === undefined && body !== undefined) return keyed;
  const all: Record<string, string> = { ...keyed };
  if (body === undefined) delete all['content-type'];
  else if (body.contentType !== undefined) all['content-type'] = body.contentType;
  return headers === undefined ? all : { ...all, ...checkHeaders(headers, 'headers') };
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
