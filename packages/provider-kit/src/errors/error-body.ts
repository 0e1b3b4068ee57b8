import { isJsonObject, type JsonObject } from '@inferway/core';

/** What an error body says, whatever its shape. */
export interface ErrorBody {
  /** The provider's sentence. */
  readonly message?: string | undefined;
  /** Its codes and types in lower case, the most specific first. */
  readonly words: readonly string[];
  readonly param?: string | undefined;
  readonly requestId?: string | undefined;
  /** A number that the body gives where others give a word; 400 and up. */
  readonly status?: number | undefined;
  /** Google's RetryInfo. */
  readonly retryAfterMs?: number | undefined;
  /** What stood there instead of JSON. */
  readonly kind: 'json' | 'html' | 'text' | 'empty';
  /** The object that was read, for a provider's own refinement. */
  readonly fields: JsonObject;
}

const NOTHING: JsonObject = {};

/** Far more than is ever shown of a sentence: patterns and comparisons need not go through a page of megabytes. */
const MOST_CHARACTERS = 4096;

/**
 * Reads an error body: `{error: {message, type, code, param}}`, `{error: "…"}`, `{type: 'error', error}`, `{message}`, `{detail}`
 * (FastAPI's list too), `{errors}`, `{response: {error}}`, a list of any of these, HTML, plain text, nothing.
 */
export function readErrorBody(body: unknown): ErrorBody {
  const value = typeof body === 'string' ? parsed(body) : body;
  if (typeof value === 'string') {
    const text = value.trim();
    if (text === '') return { kind: 'empty', words: [], fields: NOTHING };
    if (/<(?:!doctype|html|head|body|\?xml)\b/iu.test(text.slice(0, 2000))) {
      return { kind: 'html', words: [], fields: NOTHING };
    }
    return { kind: 'text', message: cut(text), words: [], fields: NOTHING };
  }
  const first = Array.isArray(value) ? (value[0] as unknown) : value;
  if (!isJsonObject(first)) {
    const message = typeof first === 'string' ? cut(first) : undefined;
    return { kind: 'json', message, words: [], fields: NOTHING };
  }
  return readObject(first);
}

function readObject(outer: JsonObject): ErrorBody {
  const response = isJsonObject(outer.response) ? outer.response : undefined;
  const named = outer.error ?? response?.error ?? firstOf(outer.errors) ?? outer.detail;
  const inner = isJsonObject(named) ? named : NOTHING;
  const metadata = isJsonObject(inner.metadata) ? inner.metadata : NOTHING;
  return {
    kind: 'json',
    message:
      text(inner.message) ??
      text(inner.error) ??
      text(inner.detail) ??
      text(named) ??
      validation(named) ??
      text(outer.message) ??
      validation(outer.message) ??
      text(outer.error_message) ??
      text(outer.title) ??
      text(outer.msg),
    words: words(
      inner.code,
      isJsonObject(inner.details) ? inner.details.error_code : undefined,
      inner.type,
      inner.status,
      inner.error_type,
      metadata.error_type,
      outer.code,
      outer.error_type,
      outer.type === 'error' ? undefined : outer.type,
      outer.__type,
    ),
    param: text(inner.param) ?? text(outer.param) ?? location(outer.detail),
    requestId: text(outer.request_id) ?? text(outer.requestId) ?? text(inner.request_id),
    status: statusNumber(
      inner.code,
      inner.status,
      inner.status_code,
      outer.code,
      outer.status,
      outer.status_code,
    ),
    retryAfterMs: retryInfo(inner.details),
    fields: outer,
  };
}

function parsed(body: string): unknown {
  const start = body.trimStart();
  if (start[0] !== '{' && start[0] !== '[' && start[0] !== '"') return body;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

function text(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return cut(value);
  return Array.isArray(value) && typeof value[0] === 'string'
    ? cut(value.slice(0, MOST_CHARACTERS).join('; '))
    : undefined;
}

function cut(value: string): string {
  return value.length > MOST_CHARACTERS ? value.slice(0, MOST_CHARACTERS) : value;
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? (value[0] as unknown) : undefined;
}

// FastAPI: [{loc, msg, type, input}]. `input` is the caller's data and is left out.
function validation(value: unknown): string | undefined {
  if (!Array.isArray(value)) return undefined;
  const lines = value.flatMap((entry) => {
    if (!isJsonObject(entry)) return [];
    const message = text(entry.msg) ?? text(entry.message);
    if (message === undefined) return [];
    return [
      Array.isArray(entry.loc)
        ? `${entry.loc.filter((step) => typeof step === 'string' || typeof step === 'number').join('.')}: ${message}`
        : message,
    ];
  });
  return lines.length === 0 ? undefined : cut(lines.slice(0, 5).join('; '));
}

function location(detail: unknown): string | undefined {
  const first = firstOf(detail);
  if (!isJsonObject(first) || !Array.isArray(first.loc)) return undefined;
  return first.loc.filter((step) => step !== 'body').join('.') || undefined;
}

function words(...values: readonly unknown[]): string[] {
  return values.flatMap((value) =>
    typeof value === 'string' && value !== '' ? [value.toLowerCase()] : [],
  );
}

function statusNumber(...values: readonly unknown[]): number | undefined {
  for (const value of values) {
    const number = typeof value === 'string' && /^\d{3}$/u.test(value) ? Number(value) : value;
    if (typeof number === 'number' && number >= 400 && number < 600) return number;
  }
  return undefined;
}

// google.rpc.RetryInfo, in `details`: {"retryDelay": "34.4s"}.
function retryInfo(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined;
  for (const detail of details) {
    const delay = isJsonObject(detail) ? text(detail.retryDelay) : undefined;
    const seconds = /^(\d+(?:\.\d+)?)s$/u.exec(delay ?? '')?.[1];
    if (seconds !== undefined) return Math.ceil(Number(seconds) * 1000);
  }
  return undefined;
}
