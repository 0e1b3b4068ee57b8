import { InferwayError, type ErrorCode, type ErrorDetails } from '@inferway/core';
import { headerValue, type HeaderRecord } from '../transport/header-record.js';
import { readErrorBody, type ErrorBody } from './error-body.js';
import { codeOfPhrase } from './error-phrases.js';
import { statusMeaning } from './error-status.js';
import { GENERAL_WORDS, SPECIFIC_WORDS } from './error-words.js';
import { echoesRequest } from './prompt-echo.js';
import { redact, redactBody } from './redact.js';
import { retryAfter } from './retry-after.js';

const MESSAGE_LENGTH = 500;
/** Codes, parameters and ids are short. */
const WORD_LENGTH = 200;

/** An answer that is an error: a status of 400 and up, or an error found inside a success. */
export interface ErrorSource {
  readonly provider: string;
  readonly model?: string | undefined;
  /** As received; a 2xx for an error inside a success. */
  readonly status: number;
  readonly headers: HeaderRecord;
  /** The body as text, or already parsed. */
  readonly body: unknown;
  readonly requestId?: string | undefined;
  /** Behind a router: the provider that failed. */
  readonly servedBy?: string | undefined;
  /** Never to be shown: the key of the attempt. */
  readonly secrets?: readonly string[] | undefined;
  /** The request's JSON text, of which the message must repeat nothing. */
  readonly request?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The provider's own reading, tried before the common one. */
  readonly refine?: ErrorRefinement | undefined;
}

/** What a provider's own reading of an error may say; what it leaves out is read as usual. */
export interface ErrorRefinementResult {
  readonly code?: ErrorCode | undefined;
  readonly retryable?: boolean | undefined;
  readonly fallbackable?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
  /** A sentence that says what to do, put after the provider's own words. */
  readonly cure?: string | undefined;
}

export type ErrorRefinement = (
  body: ErrorBody,
  source: ErrorSource,
) => ErrorRefinementResult | undefined;

/** The one reading of a provider's errors, for statuses and for errors inside a 200, whole or streamed. */
export function classifyError(source: ErrorSource): InferwayError {
  const body = readErrorBody(source.body);
  const refined = source.refine?.(body, source);
  const inBand = source.status < 400;
  const status = inBand ? (body.status ?? source.status) : source.status;
  const meaning = statusMeaning(status);
  const code = refined?.code ?? codeOf(body, status, meaning.code);
  const usual = code === meaning.code ? meaning : undefined;
  const details: ErrorDetails = {
    message: withCure(messageOf(source, body), refined?.cure),
    retryable: refined?.retryable ?? shouldRetry(source.headers, code) ?? usual?.retryable,
    fallbackable: refined?.fallbackable ?? usual?.fallbackable,
    // Together sends retry-after with every 200: only an error status makes it count.
    retryAfterMs:
      refined?.retryAfterMs ??
      longest(inBand ? undefined : retryAfter(source.headers, source.now), body.retryAfterMs),
    status: source.status,
    providerCode: clean(body.words[0], source),
    provider: source.provider,
    model: source.model,
    servedBy: source.servedBy,
    requestId: source.requestId ?? clean(body.requestId, source),
    param: clean(body.param, source),
    body: bodyText(source),
  };
  return new InferwayError(code, details);
}

function codeOf(body: ErrorBody, status: number, byStatus: ErrorCode): ErrorCode {
  // These two are what their status says, whatever else the body holds.
  if (status === 401 || status === 402) return byStatus;
  for (const word of body.words) {
    const specific = SPECIFIC_WORDS.get(word);
    if (specific !== undefined) return specific;
  }
  if (status < 500 && body.message !== undefined) {
    const told = codeOfPhrase(body.message);
    if (told !== undefined && !(status === 429 && told !== 'billing')) return told;
  }
  if (status >= 400) return byStatus;
  for (const word of body.words) {
    const general = GENERAL_WORDS.get(word);
    if (general !== undefined) return general;
  }
  return byStatus;
}

function shouldRetry(headers: HeaderRecord, code: ErrorCode): boolean | undefined {
  const told = headerValue(headers, 'x-should-retry');
  if (told === 'false') return false;
  // No wait helps against an empty account or a refused key, whatever the header says.
  if (told === 'true' && code !== 'billing' && code !== 'authentication') return true;
  return undefined;
}

function longest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function withCure(message: string, cure: string | undefined): string {
  if (cure === undefined) return message;
  return `${message}${/[.!?…]$/u.test(message) ? '' : '.'} ${cure}`;
}

function messageOf(source: ErrorSource, body: ErrorBody): string {
  const { provider, status } = source;
  const word = clean(body.words[0], source);
  const head = status < 400 ? `${provider} reported an error` : `${provider} answered ${status}`;
  if (body.kind === 'html') return `${head} with a web page instead of an error of its API.`;
  if (body.message === undefined) return `${head}${word === undefined ? '' : ` (${word})`}.`;
  if (
    source.request !== undefined &&
    echoesRequest(body.message, source.request, [source.model ?? ''])
  ) {
    return `${head}${word === undefined ? '' : ` (${word})`}; its text repeats the request and is kept in "body" only.`;
  }
  const told = redact(body.message, source.secrets ?? []).replaceAll(/\s+/gu, ' ');
  return `${head}: ${told.length > MESSAGE_LENGTH ? `${told.slice(0, MESSAGE_LENGTH)}…` : told}`;
}

function bodyText({ body, secrets = [] }: ErrorSource): string | undefined {
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
  return text === '' ? undefined : redactBody(text, secrets);
}

// A provider may echo a key anywhere. Words of its own have been read in lower case.
function clean(word: string | undefined, { secrets = [] }: ErrorSource): string | undefined {
  if (word === undefined) return undefined;
  const cut = word.slice(0, WORD_LENGTH);
  return redact(cut, [...secrets, ...secrets.map((secret) => secret.toLowerCase())]);
}
