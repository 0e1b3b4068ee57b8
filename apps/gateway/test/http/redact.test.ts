import { expect, test } from 'vitest';
import { createRedact } from '../../src/http/redact.js';

test('every secret is taken out wherever it stands, the longer one first', () => {
  const redact = createRedact(['sk-12345678', 'sk-12345678-long']);
  expect(redact('a sk-12345678-long b sk-12345678 c sk-12345678')).toBe(
    'a [redacted] b [redacted] c [redacted]',
  );
});

test('a secret with characters that JSON escapes is found in JSON text', () => {
  const redact = createRedact(['quo"te\\slash']);
  expect(redact(JSON.stringify({ message: 'is quo"te\\slash' }))).toBe(
    '{"message":"is [redacted]"}',
  );
});

test('what is too short to be a secret is left alone', () => {
  expect(createRedact(['', 'EMPTY'])('EMPTY')).toBe('EMPTY');
});
