import { choicesOf, messagesOf, rename } from '../../serve/choices.js';
import type { Payload, WireEdits } from '../../serve/edited-format.js';

/** What Groq's chats say otherwise than OpenAI's: reasoning as it was asked for, and usage with times, also in `x_groq`. */
export const groqWords: WireEdits = {
  provider: 'groq',
  usageInLastChunk: true,
  request(body) {
    // For models that only have reasoning or none.
    if (body['reasoning_effort'] === 'default') body['reasoning_effort'] = 'medium';
  },
  answer(body, asked) {
    for (const message of messagesOf(body)) show(message, asked, true);
    timed(body);
    body['x_groq'] = { id: body['id'], usage: { dram_cached_tokens: 0, sram_cached_tokens: 0 } };
    body['service_tier'] = asked['service_tier'] ?? 'on_demand';
  },
  chunk(payload, asked) {
    for (const message of messagesOf(payload)) show(message, asked, false);
    timed(payload);
    const ends = choicesOf(payload).some(({ finish_reason: reason }) => (reason ?? null) !== null);
    const begins = messagesOf(payload).some(({ role }) => role !== undefined);
    if (ends) payload['x_groq'] = { id: payload['id'], usage: payload['usage'] };
    else if (begins) payload['x_groq'] = { id: payload['id'] };
  },
};

function show(message: Payload, asked: Payload, whole: boolean): void {
  const format = asked['reasoning_format'];
  const reasoning = message['reasoning_content'];
  if (asked['include_reasoning'] === false || format === 'hidden') {
    delete message['reasoning_content'];
  } else if (format === 'raw' && whole && typeof reasoning === 'string') {
    delete message['reasoning_content'];
    message['content'] = `<think>\n${reasoning}\n</think>\n\n${String(message['content'] ?? '')}`;
  } else rename(message, 'reasoning_content', 'reasoning');
}

/** The times are those of nobody: so many tokens at a speed that stands for Groq's. */
function timed(body: Payload): void {
  const usage = body['usage'] as Payload | null | undefined;
  if (usage === undefined) return;
  if (usage === null) {
    delete body['usage'];
    return;
  }
  const prompt = Number(usage['prompt_tokens']) / 10_000;
  const completion = Number(usage['completion_tokens']) / 500;
  Object.assign(usage, {
    queue_time: 0.05,
    prompt_time: prompt,
    completion_time: completion,
    total_time: prompt + completion,
  });
}
