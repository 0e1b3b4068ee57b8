import { isJsonObject, type ChatResult, type JsonObject, type Usage } from '@inferway/core';
import type { EncodeAs, StreamAs } from '../format.js';
import { addFields, type JsonBody } from '../json-body.js';
import { OPENAI_RESPONSES } from './dialect.js';
import { writeResponseUsage } from './usage.js';

/** Settings of the request that its answer repeats. They say nothing of the answer, so reading skips them. */
export const ECHOED: readonly string[] = [
  'background',
  'instructions',
  'max_output_tokens',
  'max_tool_calls',
  'metadata',
  'parallel_tool_calls',
  'previous_response_id',
  'prompt',
  'prompt_cache_key',
  'prompt_cache_retention',
  'reasoning',
  'safety_identifier',
  'store',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
];

/** What a response says where its request said nothing. */
const DEFAULTS: JsonObject = {
  background: false,
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  safety_identifier: null,
  store: false,
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
  metadata: {},
};

type Head = Pick<ChatResult, 'id' | 'model' | 'created' | 'passthrough'>;

/** A response with all the members that its clients require, before it is known how it ends. */
export function responseObject(head: Head, as: EncodeAs & StreamAs): JsonBody {
  const { echo = {} } = as;
  const { text, reasoning } = echo;
  const body: JsonBody = {
    id: head.id ?? as.id,
    object: 'response',
    created_at: head.created ?? as.created,
    status: 'in_progress',
    ...DEFAULTS,
    model: head.model ?? as.model,
    output: [],
    ...echo,
    text: { format: { type: 'text' }, ...(isJsonObject(text) ? text : {}) },
    reasoning: { effort: null, summary: null, ...(isJsonObject(reasoning) ? reasoning : {}) },
    usage: null,
  };
  if (head.passthrough?.format === OPENAI_RESPONSES) addFields(body, head.passthrough.fields);
  return body;
}

/** Completes a response. */
export function endResponse(
  body: JsonBody,
  end: { readonly status: string; readonly incomplete_details: JsonObject | null },
  output: readonly JsonObject[],
  usage: Usage | undefined,
): JsonBody {
  return {
    ...body,
    ...end,
    output,
    usage: usage === undefined ? null : writeResponseUsage(usage),
  };
}
