import { InferwayError } from '@inferway/core';
import type { Subject } from '../provider/subject.js';
import { jsonAnswer, type WireAnswer } from '../wire/wire-answer.js';

const SENTENCE = 'It went wrong.';
const HTML = '<!doctype html><html><body><h1>Bad Gateway</h1></body></html>';

/** One answer of this status for each shape that error bodies have. */
export function errorBodies(
  { script }: Subject,
  status: number,
): Readonly<Record<string, WireAnswer>> {
  const own = new InferwayError('internal', { message: SENTENCE, status });
  return {
    'the protocol’s own error': jsonAnswer(wordless(script.error(own)), status),
    'an error object': jsonAnswer({ error: { message: SENTENCE, param: null } }, status),
    'an error as a string': jsonAnswer({ error: SENTENCE }, status),
    'a detail': jsonAnswer({ detail: SENTENCE }, status),
    'a list of details': jsonAnswer(
      { detail: [{ loc: ['body', 'x'], msg: SENTENCE, type: 'value' }] },
      status,
    ),
    'problem+json': jsonAnswer({ title: SENTENCE, status, detail: SENTENCE }, status, {
      'content-type': 'application/problem+json',
    }),
    'a web page': { status, headers: { 'content-type': 'text/html' }, body: HTML },
    'no body': { status, body: '' },
    'JSON that is cut': { status, body: '{"error":{"message":"It w' },
  };
}

// Which word a protocol has for a failure is looked at elsewhere: here the status alone must tell.
function wordless(body: unknown): unknown {
  return JSON.parse(
    JSON.stringify(body, (key, value: unknown) =>
      (key === 'type' || key === 'code') && value !== 'error' ? undefined : value,
    ),
  ) as unknown;
}
