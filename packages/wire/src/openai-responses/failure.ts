import { isJsonObject, type JsonObject, type JsonValue } from '@inferway/core';

/** The error of a failed response as an error body, without the rest of it, which repeats the request. */
export function failedBody(error: JsonValue | undefined): JsonObject {
  if (isJsonObject(error) || (typeof error === 'string' && error !== '')) return { error };
  const message = 'The response failed, and the provider did not say why.';
  return { error: { message, type: 'server_error', code: 'server_error' } };
}

/** The body of an `error` event: OpenAI puts the error in a member or, as its reference has it, into the event itself. */
export function errorEventBody(event: unknown): JsonObject {
  if (!isJsonObject(event)) return failedBody(typeof event === 'string' ? event : undefined);
  if (event['error'] !== undefined && event['error'] !== null) return failedBody(event['error']);
  const { code, message, param } = event;
  return failedBody(message === undefined ? undefined : { message, code, param });
}
