import type { InferwayError } from '@inferway/core';
import { classifyError, type ErrorSource } from '../../src/index.js';

/** Midnight before this was written. */
export const NOW: number = Date.parse('2026-11-21T00:00:00Z');

export function classify(
  status: number,
  body: unknown,
  more: Partial<ErrorSource> = {},
): InferwayError {
  return classifyError({ provider: 'p', model: 'm', status, headers: {}, body, now: NOW, ...more });
}
