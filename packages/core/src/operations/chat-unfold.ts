import type { Usage } from '../usage.js';
import type { ChatChoice, ChatEvent, ChatResult } from './chat.js';

/** The events of a stream that would have given `result`: each part opened, filled by one delta and closed. */
export function unfoldChat(result: ChatResult, usage: Usage | undefined): ChatEvent[] {
  const { id, model, created, passthrough } = result;
  const counted = usage === undefined ? undefined : inputOf(usage);
  const events: ChatEvent[] = [
    { type: 'start', id, model, created, passthrough, ...(counted && { usage: counted }) },
  ];
  [result, ...(result.alternatives ?? [])].forEach((choice, number) => {
    unfoldChoice(choice, number === 0 ? undefined : number, events);
  });
  events.push({ type: 'end', usage });
  return events;
}

// What a provider knows before it answers.
function inputOf({ inputTokens, cacheReadTokens, cacheWriteTokens }: Usage): Usage | undefined {
  return inputTokens === undefined ? undefined : { inputTokens, cacheReadTokens, cacheWriteTokens };
}

function unfoldChoice(answer: ChatChoice, choice: number | undefined, events: ChatEvent[]): void {
  let logprobs = answer.logprobs;
  answer.message.content.forEach((part, index) => {
    switch (part.type) {
      case 'text':
      case 'refusal': {
        const citations = part.type === 'text' ? part.citations : undefined;
        const opening =
          part.type === 'text'
            ? { ...part, text: '', citations: undefined }
            : { ...part, text: '' };
        events.push({ type: 'part-start', index, part: opening, choice });
        events.push({ type: 'text-delta', index, text: part.text, logprobs, choice });
        logprobs = undefined;
        for (const citation of citations ?? [])
          events.push({ type: 'citation', index, citation, choice });
        events.push({ type: 'part-end', index, choice });
        break;
      }
      case 'reasoning': {
        events.push({ type: 'part-start', index, part: { ...part, text: '' }, choice });
        events.push({ type: 'reasoning-delta', index, text: part.text, choice });
        events.push({ type: 'part-end', index, opaque: part.opaque, choice });
        break;
      }
      case 'tool-call': {
        events.push({ type: 'part-start', index, part: { ...part, arguments: '' }, choice });
        events.push({ type: 'tool-call-delta', index, arguments: part.arguments, choice });
        events.push({ type: 'part-end', index, choice });
        break;
      }
      default: {
        events.push({ type: 'part-start', index, part, choice });
        events.push({ type: 'part-end', index, choice });
      }
    }
  });
  events.push({ type: 'finish', finishReason: answer.finishReason, choice });
}
