import type { ErrorCode } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { classify } from './support/classify.js';

describe('a status without a telling body', () => {
  it.each<[number, ErrorCode, boolean, boolean]>([
    // status, code, retryable, fallbackable
    [301, 'protocol', false, false],
    [400, 'invalid_request', false, false],
    [401, 'authentication', false, true],
    [402, 'billing', false, true],
    [403, 'permission', false, true],
    [404, 'not_found', false, false],
    [405, 'unsupported', false, false],
    [406, 'invalid_request', false, false],
    [408, 'timeout', true, true],
    [409, 'conflict', true, true],
    [410, 'not_found', false, false],
    [412, 'permission', false, true],
    [413, 'too_large', false, false],
    [415, 'invalid_request', false, false],
    [422, 'invalid_request', false, false],
    [424, 'server', true, true],
    [425, 'conflict', true, true],
    [429, 'rate_limit', true, true],
    [498, 'overloaded', true, true],
    [500, 'server', true, true],
    [501, 'unsupported', false, false],
    [502, 'server', true, true],
    [503, 'overloaded', true, true],
    [504, 'timeout', true, true],
    [505, 'unsupported', false, false],
    [520, 'server', true, true],
    [529, 'overloaded', true, true],
    [599, 'server', true, true],
  ])('%i is %s', (status, code, retryable, fallbackable) => {
    for (const body of ['', '{}', '<html><body>nginx</body></html>', 'oops']) {
      const error = classify(status, body);
      expect(error).toMatchObject({
        code,
        retryable,
        fallbackable,
        status,
        provider: 'p',
        model: 'm',
      });
    }
  });
});
