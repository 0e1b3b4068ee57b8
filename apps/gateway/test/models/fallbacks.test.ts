import { InferwayError, type ErrorCode, type ErrorDetails } from '@inferway/core';
import { expect, test } from 'vitest';
import { leadsOn } from '../../src/models/fallbacks.js';

const failed = (code: ErrorCode, more: Partial<ErrorDetails> = {}): InferwayError =>
  new InferwayError(code, { message: 'x', ...more });

test('what leads on by itself does, and so do the codes that are named, but not what may be paid already', () => {
  const on = leadsOn(['not_found', 'connection']);
  expect(on(failed('overloaded'))).toBe(true);
  expect(on(failed('not_found', { status: 404 }))).toBe(true);
  // No such host.
  expect(on(failed('connection', { fallbackable: false, sent: 'no' }))).toBe(true);
  expect(on(failed('context_length'))).toBe(false);
  // A file that was made and is gone; a job that may be running.
  expect(on(failed('not_found', { status: 404, sent: 'maybe' }))).toBe(false);
  expect(on(failed('connection', { fallbackable: false, sent: 'maybe' }))).toBe(false);
});
