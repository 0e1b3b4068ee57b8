import { countTokens, tokenize } from '../text/tokenizer.js';
import type { SimulatedChoice, SimulatedPart } from './answer.js';

/** Cuts an answer where the first stop sequence begins in its text and where the token limit is reached, whichever comes first. */
export function fit(
  choice: SimulatedChoice,
  limit: number,
  stops: readonly string[],
): SimulatedChoice {
  return cutAtLimit(stops.length === 0 ? choice : cutAtStop(choice, stops), limit);
}

function cutAtStop(choice: SimulatedChoice, stops: readonly string[]): SimulatedChoice {
  for (const [index, part] of choice.parts.entries()) {
    if (part.type !== 'text') continue;
    const text = part.tokens.join('');
    let at = text.length;
    let stopSequence: string | undefined;
    for (const stop of stops) {
      const found = stop === '' ? -1 : text.indexOf(stop);
      if (found >= 0 && found < at) {
        at = found;
        stopSequence = stop;
      }
    }
    if (stopSequence === undefined) continue;
    const kept: SimulatedPart = { type: 'text', tokens: tokenize(text.slice(0, at)) };
    return {
      parts: [...choice.parts.slice(0, index), kept],
      finishReason: { unified: 'stop' },
      stopSequence,
    };
  }
  return choice;
}

function cutAtLimit(choice: SimulatedChoice, limit: number): SimulatedChoice {
  const parts: SimulatedPart[] = [];
  let left = limit;
  for (const part of choice.parts) {
    const name = part.type === 'tool-call' ? countTokens(part.name) : 0;
    const size = part.tokens.length + name;
    if (size <= left) {
      parts.push(part);
      left -= size;
      continue;
    }
    if (left > name) parts.push({ ...part, tokens: part.tokens.slice(0, left - name) });
    return { parts, finishReason: { unified: 'length' } };
  }
  return choice;
}
