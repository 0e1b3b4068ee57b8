import { InferwayError } from '@inferway/core';

const BRACKET = 91;

/** The protocol's own end: `data: [DONE]`. */
export function isDone(data: string): boolean {
  return data.charCodeAt(0) === BRACKET && data.trim() === '[DONE]';
}

/** The body of an `event: error` message: JSON, or else the text. */
export function errorData(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return data;
  }
}

/** For bytes that ended without `[DONE]` and without a finish reason of every answer. */
export function streamInterrupted(): InferwayError {
  return new InferwayError('stream_interrupted', {
    message: 'The stream ended without a finish reason: the answer is cut short.',
  });
}

/** No more answers than this are asked for at once; an index beyond it is a mistake. */
const MAX_CHOICES = 256;

/** The number of a choice; 0 where it has none. */
export function choiceIndex(value: unknown): number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < MAX_CHOICES
    ? (value as number)
    : 0;
}
