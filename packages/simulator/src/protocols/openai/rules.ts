import { isJsonObject, type JsonObject } from '@inferway/core';
import type { Problem } from '../voice.js';

/** The first rule of Chat Completions that a conversation with tools breaks, as a 400; undefined where it breaks none. */
export function brokenRule(body: unknown): Problem | undefined {
  if (!isJsonObject(body) || !Array.isArray(body['messages'])) return undefined;
  let waiting = new Set<string>();
  for (const [number, message] of body['messages'].entries()) {
    if (!isJsonObject(message)) continue;
    if (message['role'] === 'tool') {
      const id = String(message['tool_call_id']);
      if (!waiting.delete(id)) {
        return broken(
          "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.",
          `messages.[${number}].role`,
        );
      }
      continue;
    }
    const missing = [...waiting];
    if (missing.length > 0) return unanswered(missing);
    waiting = new Set(callIds(message));
  }
  const missing = [...waiting];
  return missing.length > 0 ? unanswered(missing) : undefined;
}

function callIds(message: JsonObject): readonly string[] {
  const calls = message['role'] === 'assistant' ? message['tool_calls'] : undefined;
  return Array.isArray(calls) ? calls.filter(isJsonObject).map((call) => String(call['id'])) : [];
}

function unanswered(ids: readonly string[]): Problem {
  return broken(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${ids.join(', ')}`,
    'messages',
  );
}

function broken(message: string, param: string): Problem {
  const error = { message, type: 'invalid_request_error', param, code: null };
  return { kind: 'refused', answer: { status: 400, body: { error } } };
}
