import { InferwayError, type JsonValue } from '@inferway/core';
import type { SseMessage } from './sse-message.js';

/**
 * The JSON value of a message. Undefined for a message that the end of the bytes cut short: the missing terminal signal tells of that.
 * @throws {InferwayError} `protocol`, without the text and without a cause, since a syntax error quotes it.
 */
export function eventJson(message: SseMessage): JsonValue | undefined {
  try {
    return JSON.parse(message.data) as JsonValue;
  } catch {
    if (message.cut === true) return undefined;
    throw new InferwayError('protocol', {
      message:
        'An event of the stream is not JSON. The address may not be the one of this protocol.',
    });
  }
}
