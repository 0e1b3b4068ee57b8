import { isJsonObject } from '@inferway/core';
import { brokenRule as brokenOpenAIRule } from '../openai/rules.js';
import type { Problem } from '../voice.js';

/** Members of a chat request; anything else is refused (docs.fireworks.ai; its own client). */
const REQUEST = new Set(
  `messages model context_length_exceeded_behavior echo echo_last frequency_penalty function_call functions ignore_eos logit_bias logprobs
max_completion_tokens max_tokens metadata min_p mirostat_lr mirostat_target n parallel_tool_calls perf_metrics_in_response prediction
presence_penalty prompt_cache_isolation_key prompt_cache_key prompt_cache_max_len prompt_truncate_len raw_output reasoning_effort
reasoning_history repetition_penalty response_format return_token_ids safe_tokenization seed service_tier speculation stop stream
stream_options temperature thinking tool_choice tools top_k top_logprobs top_p typical_p user`.split(
    /\s+/u,
  ),
);

const MODEL = /^(?:accounts\/[\w.-]+\/(?:models|deployments)\/|inferway\/|sim-)/u;

/** The first rule of Fireworks' that a request breaks. */
export function brokenRule(body: unknown): Problem | undefined {
  if (!isJsonObject(body)) return undefined;
  const unknown = Object.keys(body).find((key) => !REQUEST.has(key));
  if (unknown !== undefined) {
    return broken(`Extra inputs are not permitted, field: '${unknown}'`);
  }
  const { model } = body;
  if (typeof model === 'string' && !MODEL.test(model)) return { kind: 'unknown-model', model };
  return brokenOpenAIRule(body);
}

function broken(message: string): Problem {
  const error = { object: 'error', type: 'invalid_request_error', message };
  return { kind: 'refused', answer: { status: 400, body: { error } } };
}
