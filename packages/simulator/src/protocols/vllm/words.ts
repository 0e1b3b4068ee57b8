import { choicesOf, messagesOf, rename } from '../../serve/choices.js';
import type { Payload, WireEdits } from '../../serve/edited-format.js';

/** What vLLM's chats and completions say otherwise than OpenAI's. */
export const vllmWords: WireEdits = {
  provider: 'vllm',
  request(body) {
    const template = body['chat_template_kwargs'] as Payload | undefined;
    if (template?.['enable_thinking'] === false) body['reasoning_effort'] = 'none';
    const budget = body['thinking_token_budget'];
    if (typeof budget === 'number') body['reasoning'] = { max_tokens: budget };
  },
  answer(body, asked) {
    edit(body);
    if (asked['include_metrics'] === true) body['metrics'] = METRICS;
    if (asked['prompt_logprobs'] !== undefined) body['prompt_logprobs'] = [null];
  },
  chunk(payload, asked) {
    edit(payload);
    if (payload['usage'] === null) delete payload['usage'];
    if (payload['usage'] !== undefined && asked['include_metrics'] === true) {
      payload['metrics'] = METRICS;
    }
  },
};

/** Times that stand for real ones. */
const METRICS = {
  time_to_first_token_ms: 85.2,
  generation_time_ms: 1240.5,
  queue_time_ms: 12.3,
  mean_itl_ms: 9.1,
  tokens_per_second: 103.2,
};

function edit(body: Payload): void {
  for (const message of messagesOf(body)) {
    // Both names, as in the versions that renamed it.
    if ('reasoning_content' in message) message['reasoning'] = message['reasoning_content'];
  }
  for (const choice of choicesOf(body)) {
    choice['stop_reason'] = null;
    rename(choice, 'native_finish_reason', 'stop_reason');
  }
}
