import { choicesOf } from '../../serve/choices.js';
import type { Payload, WireEdits } from '../../serve/edited-format.js';

/** What Fireworks' chats and completions say otherwise than OpenAI's. */
export const fireworksWords: WireEdits = {
  provider: 'fireworks',
  usageInLastChunk: true,
  request(body) {
    const { reasoning_effort: effort } = body;
    // A switch, or a cap in tokens.
    if (typeof effort === 'boolean') body['reasoning_effort'] = effort ? 'medium' : 'none';
    else if (typeof effort === 'number') {
      delete body['reasoning_effort'];
      body['reasoning'] = { max_tokens: effort };
    }
  },
  answer: measured,
  chunk(payload, asked) {
    if (payload['usage'] === null) delete payload['usage'];
    const ends = choicesOf(payload).some(({ finish_reason: reason }) => (reason ?? null) !== null);
    if (ends) measured(payload, asked);
  },
};

/** Times that stand for real ones, as text and as numbers, as they are met. */
function measured(body: Payload, asked: Payload): void {
  if (asked['perf_metrics_in_response'] !== true) return;
  const usage = body['usage'] as Payload | undefined;
  body['perf_metrics'] = {
    'prompt-tokens': usage?.['prompt_tokens'],
    'cached-prompt-tokens': 0,
    'server-time-to-first-token': '0.125',
    'server-processing-time': 0.5,
  };
}
