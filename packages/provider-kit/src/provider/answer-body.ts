import { InferwayError } from '@inferway/core';
import { redactBody } from '../errors/redact.js';
import { headerValue } from '../transport/header-record.js';
import type { HttpResponse } from '../transport/http-response.js';

/** Whose answer it is. */
export interface AnswerSource {
  readonly provider: string;
  /** Never to be shown. */
  readonly secrets: readonly string[];
}

/** What a 2xx answer says that its body is. */
export type BodyKind = 'json' | 'html' | 'other';

export function bodyKind(response: HttpResponse): BodyKind {
  const type = headerValue(response.headers, 'content-type');
  if (type === undefined) return 'other';
  if (type.startsWith('application/json')) return 'json';
  const plain = type.trim().toLowerCase();
  if (plain.startsWith('text/html') || plain.startsWith('application/xhtml')) return 'html';
  return /^application\/(?:[\w.-]+\+)?json\b/u.test(plain) ? 'json' : 'other';
}

/**
 * Parses the JSON of a success.
 *
 * @throws {InferwayError} `empty_response` for nothing, `protocol` for anything else that is not JSON. Neither quotes the body.
 */
export function parseAnswer(text: string, from: AnswerSource): unknown {
  const { provider } = from;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const rest = withoutKeepAlive(text);
    if (rest === '') {
      throw new InferwayError('empty_response', {
        message: `${provider} answered with a success and an empty body.`,
        sent: 'maybe',
      });
    }
    if (rest !== text) return parseAnswer(rest, from);
    if (rest.startsWith('<')) throw webPage(provider);
    // The parser's own message quotes the text.
    throw new InferwayError('protocol', {
      message: `${provider} answered with a success whose body is not JSON (${cause instanceof SyntaxError ? 'malformed' : 'unreadable'}, ${text.length} characters).`,
      sent: 'maybe',
      body: redactBody(text, from.secrets),
    });
  }
}

/** The error for a page where an answer should be: a captive portal, a proxy, a wrong base URL. */
export function webPage(provider: string): InferwayError {
  return new InferwayError('protocol', {
    message: `${provider} answered with a web page instead of its API. Check the base URL, and whether a proxy or a login page stands between.`,
    sent: 'maybe',
  });
}

// DeepSeek keeps a slow unary call alive with blank lines and ": keep-alive" comments before the JSON.
function withoutKeepAlive(text: string): string {
  let rest = text.trim();
  while (rest.startsWith(':')) {
    const end = rest.indexOf('\n');
    rest = end === -1 ? '' : rest.slice(end + 1).trimStart();
  }
  return rest;
}
