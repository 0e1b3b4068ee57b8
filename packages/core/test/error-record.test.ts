import { expect, test } from 'vitest';
import { errorFromRecord } from '../src/error-record.js';

test.each(['toString', '__proto__', 'constructor', 'unheard-of', 5, null])(
  'a record of the code %j is an internal error with a status',
  (code) => {
    const error = errorFromRecord({ code, message: 'x' }, 'y');
    expect(error).toMatchObject({ code: 'internal', message: 'x', retryable: false });
    expect(error.httpStatus).toBe(500);
  },
);
