import { isJsonObject, type JsonObject } from '@inferway/core';
import { brokenRule as brokenOpenAIRule } from '../openai/rules.js';
import type { Problem } from '../voice.js';

/** Members of a request; anything else is refused (groq-sdk 1.6, `ChatCompletionCreateParams`). */
const REQUEST = new Set(
  `messages model citation_options compound_custom disable_tool_validation documents exclude_domains frequency_penalty function_call
functions include_domains include_reasoning logit_bias logprobs max_completion_tokens max_tokens metadata n parallel_tool_calls
presence_penalty reasoning_effort reasoning_format response_format search_settings seed service_tier stop store stream stream_options
temperature tool_choice tools top_logprobs top_p user`.split(/\s+/u),
);

/** Members of a message, by its role. */
const MESSAGE: Readonly<Record<string, ReadonlySet<string>>> = {
  assistant: new Set(['role', 'content', 'function_call', 'name', 'reasoning', 'tool_calls']),
  tool: new Set(['role', 'content', 'tool_call_id']),
};

const TIERS = ['auto', 'on_demand', 'flex', 'performance'];

/** The first rule of Groq's that a request breaks. */
export function brokenRule(body: unknown): Problem | undefined {
  if (!isJsonObject(body)) return undefined;
  const unknown = Object.keys(body).find((key) => !REQUEST.has(key));
  if (unknown !== undefined) return broken(`property '${unknown}' is unsupported`);
  if (typeof body['n'] === 'number' && body['n'] !== 1) {
    return broken("'n' : number must be at most 1");
  }
  if (body['logprobs'] === true) return broken('`logprobs` is not supported with this model');
  if (body['include_reasoning'] !== undefined && body['reasoning_format'] !== undefined) {
    return broken('cannot specify both `include_reasoning` and `reasoning_format`');
  }
  const tier = body['service_tier'];
  if (typeof tier === 'string' && !TIERS.includes(tier)) {
    return broken(`'service_tier' : value must be one of ${TIERS.join(', ')}`);
  }
  return brokenMessage(body) ?? brokenOpenAIRule(body);
}

function brokenMessage(body: JsonObject): Problem | undefined {
  const messages = Array.isArray(body['messages']) ? body['messages'] : [];
  for (const [number, message] of messages.entries()) {
    if (!isJsonObject(message)) continue;
    const known = MESSAGE[String(message['role'])];
    const unknown = Object.keys(message).find((key) => known?.has(key) === false);
    if (unknown === undefined) continue;
    return broken(
      `'messages.${number}' : for 'role:${String(message['role'])}' the following must be satisfied[('messages.${number}' : property '${unknown}' is unsupported)]`,
    );
  }
  return undefined;
}

function broken(message: string): Problem {
  const error = { message, type: 'invalid_request_error' };
  return { kind: 'refused', answer: { status: 400, body: { error } } };
}
