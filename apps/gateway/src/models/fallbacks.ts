import {
  stateKey,
  type ErrorCode,
  type InferwayError,
  type Model,
  type StateKey,
} from '@inferway/core';

/** Where else a call may go, in order, when its own model fails. */
export const FALLBACKS: StateKey<readonly Model[]> = stateKey('fallbacks');

/** Codes that another model may cure, but that lead to it only where somebody says so: all others do by themselves, or never. */
export type FallbackCode = Extract<
  ErrorCode,
  | 'invalid_request'
  | 'context_length'
  | 'content_filter'
  | 'unsupported'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'connection'
  | 'protocol'
>;

export const FALLBACK_CODES: readonly FallbackCode[] = [
  'invalid_request',
  'context_length',
  'content_filter',
  'unsupported',
  'not_found',
  'conflict',
  'too_large',
  'connection',
  'protocol',
];

/** The errors that lead on, where those of `codes` do too. Not what may have been done, and paid: elsewhere it would be again. */
export function leadsOn(codes: readonly FallbackCode[]): (error: InferwayError) => boolean {
  const named = new Set<ErrorCode>(codes);
  return (error) => error.fallbackable || (named.has(error.code) && error.sent !== 'maybe');
}
