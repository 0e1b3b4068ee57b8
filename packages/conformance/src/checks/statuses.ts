import { ERROR_CODES, type ErrorCode } from '@inferway/core';
import { expectMatch, expectTrue } from '../expect.js';
import { benched, type Check } from '../provider/check.js';
import { shapes, type Subject } from '../provider/subject.js';
import { errorBodies } from './error-bodies.js';

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  401: 'authentication',
  402: 'billing',
  403: 'permission',
  404: 'not_found',
  405: 'unsupported',
  408: 'timeout',
  409: 'conflict',
  413: 'too_large',
  422: 'invalid_request',
  429: 'rate_limit',
  498: 'overloaded',
  500: 'server',
  501: 'unsupported',
  502: 'server',
  503: 'overloaded',
  504: 'timeout',
  505: 'unsupported',
  529: 'overloaded',
};

// What a provider does not do is its answer, unlike a feature that we know it not to have; a lock is that of one provider.
const LEADS_ELSEWHERE: Readonly<Record<number, boolean>> = {
  405: false,
  409: true,
  501: false,
  505: false,
};

/** Each error status is the code of the closed set that it stands for, whatever its body looks like. */
export function statuses(subject: Subject): readonly Check[] {
  return Object.entries({ ...CODES, ...subject.suite.statuses }).map(([text, code]) =>
    benched(`${text} is ${code}`, subject, async (bench) => {
      const status = Number(text);
      let asked = 0;
      for (const [what, answer] of Object.entries(errorBodies(subject, status))) {
        for (const stream of shapes(subject)) {
          bench.answer(() => [answer]);
          const error = await bench.failure(stream);
          asked++;
          const { retryable } = ERROR_CODES[code];
          const own = code === CODES[status] ? LEADS_ELSEWHERE[status] : undefined;
          const fallbackable = own ?? ERROR_CODES[code].fallbackable;
          expectMatch(
            error,
            { code, status, retryable, fallbackable, provider: bench.provider.name },
            `the error of a ${stream ? 'streamed' : 'unary'} call answered ${status} with ${what}`,
          );
          expectTrue(error.message.includes(text), `the message for ${what} tells the status`);
        }
      }
      expectMatch(bench.stage.calls.length, asked, 'requests: to try again is for the chain');
    }),
  );
}
