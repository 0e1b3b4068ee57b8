import { isJsonObject, type JsonObject } from '@inferway/core';
import type { DecodeSource } from '../format.js';
import { eventJson } from '../json-event.js';
import { asText } from '../lenient.js';
import type { SseMessage } from '../sse-message.js';
import { isFailure } from './failure.js';
import { errorData, isDone } from './stream-signals.js';

/** One event of a stream whose events say their type: in the body, or in the message around it. */
export interface TypedEvent {
  readonly type: string;
  readonly body: JsonObject;
}

/**
 * A message of such a stream: `end` for `[DONE]`, undefined for what is no event.
 *
 * @param unwrap Takes off what stands around an event.
 * @throws {InferwayError} what `from.fail` gives for an error in the stream; `protocol` for what is not JSON.
 */
export function readTyped(
  message: SseMessage,
  from: Pick<DecodeSource, 'fail'>,
  unwrap?: (body: JsonObject) => JsonObject,
): TypedEvent | 'end' | undefined {
  const { data } = message;
  if (isDone(data)) return 'end';
  if (message.event === 'error') throw from.fail(errorData(data));
  if (data === '') return undefined;
  const json = eventJson(message);
  if (!isJsonObject(json)) return undefined;
  const body = unwrap === undefined ? json : unwrap(json);
  const type = asText(body['type']) ?? asText(body['object']) ?? message.event ?? '';
  if (type === 'error' || isFailure(body, 'type')) throw from.fail(body);
  return { type, body };
}
