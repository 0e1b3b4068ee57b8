import { InferwayError } from '@inferway/core';
import { openaiChat } from '@inferway/wire';
import { expect, test } from 'vitest';

test('a caller sees the provider’s own code where ours says no more than the type', () => {
  const own = { message: 'Too long.', providerCode: 'string_above_max_length' };
  expect(openaiChat.encodeError(new InferwayError('invalid_request', own), undefined)).toEqual({
    error: {
      message: 'Too long.',
      type: 'invalid_request_error',
      param: null,
      code: 'string_above_max_length',
    },
  });
  expect(openaiChat.encodeError(new InferwayError('rate_limit', own), undefined)).toMatchObject({
    error: { code: 'rate_limit_exceeded' },
  });
});
