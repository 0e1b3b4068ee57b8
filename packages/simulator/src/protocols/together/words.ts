import { choicesOf, messagesOf, rename } from '../../serve/choices.js';
import type { Payload, WireEdits } from '../../serve/edited-format.js';

const SEED = 4_242_424_242;

/** What Together's chats and completions say otherwise than OpenAI's, as seen in recordings and in its own client. */
export const togetherWords: WireEdits = {
  provider: 'together',
  usageInLastChunk: true,
  request(body) {
    // The number of alternatives, where OpenAI has a switch.
    const { logprobs } = body;
    if (typeof logprobs !== 'number') return;
    body['logprobs'] = logprobs > 0;
    if (logprobs > 0) body['top_logprobs'] = logprobs;
  },
  answer(body, asked) {
    body['prompt'] = [];
    edit(body, asked);
  },
  chunk(payload, asked) {
    edit(payload, asked);
    for (const choice of choicesOf(payload)) {
      const { delta } = choice;
      if (typeof delta !== 'object' || delta === null) continue;
      const text = (delta as Payload)['content'];
      choice['text'] = typeof text === 'string' ? text : '';
      if (choice['text'] !== '') (delta as Payload)['token_id'] = 791;
    }
  },
};

/** Of completions: a request has the same field, and an answer no messages. */
export const togetherCompletionWords: WireEdits = {
  provider: 'together',
  usageInLastChunk: true,
  request(body) {
    // Both have a number there.
    if (body['logprobs'] === 0) delete body['logprobs'];
  },
  answer(body, asked) {
    body['object'] = 'text.completion';
    body['prompt'] = [];
    edit(body, asked);
  },
  chunk: edit,
};

function edit(body: Payload, asked: Payload): void {
  for (const message of messagesOf(body)) rename(message, 'reasoning_content', 'reasoning');
  for (const choice of choicesOf(body)) {
    choice['seed'] = SEED;
    if (choice['finish_reason'] === 'stop') choice['finish_reason'] = 'eos';
    if (choice['logprobs'] !== undefined && choice['logprobs'] !== null) listed(choice);
  }
  const { usage } = body;
  if (typeof usage === 'object' && usage !== null) {
    const counts = usage as Payload;
    const details = counts['prompt_tokens_details'] as Payload | undefined;
    counts['cached_tokens'] = details?.['cached_tokens'] ?? 0;
    delete counts['prompt_tokens_details'];
    delete counts['completion_tokens_details'];
    if (asked['parallel_tool_calls'] !== undefined) {
      body['warnings'] = [{ message: '`parallel_tool_calls` is not supported and was ignored.' }];
    }
  }
}

/** Log probabilities in parallel lists. */
function listed(choice: Payload): void {
  const { content } = choice['logprobs'] as { content?: readonly Payload[] };
  if (!Array.isArray(content)) return;
  choice['logprobs'] = {
    tokens: content.map(({ token }) => token),
    token_logprobs: content.map(({ logprob }) => logprob),
    token_ids: content.map(() => 791),
  };
}
