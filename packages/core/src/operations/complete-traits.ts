import type { Fold, OperationTraits } from '../traits.js';
import type {
  CompleteChoice,
  CompleteEvent,
  CompleteLogprobs,
  CompleteResult,
} from './complete.js';
import type { FinishReason } from './finish-reason.js';

interface OpenChoice {
  text: string;
  finishReason: FinishReason;
  logprobs: CompleteLogprobs | undefined;
}

function foldComplete(): Fold<CompleteEvent, CompleteResult> {
  // By index; not an array, so that an index out of all bounds costs nothing.
  const choices = new Map<number, OpenChoice>();
  const choiceAt = (index: number): OpenChoice => {
    let choice = choices.get(index);
    if (choice === undefined) {
      choice = { text: '', finishReason: { unified: 'unknown' }, logprobs: undefined };
      choices.set(index, choice);
    }
    return choice;
  };
  let head: Omit<CompleteResult, keyof CompleteChoice | 'alternatives'> = {};
  const close = ({ text, finishReason, logprobs }: OpenChoice): CompleteChoice => ({
    text,
    finishReason,
    ...(logprobs === undefined ? {} : { logprobs }),
  });
  return {
    add(event) {
      if (event.type === 'start') {
        const { type: _type, ...rest } = event;
        head = { ...head, ...rest };
      } else if (event.type === 'finish') {
        choiceAt(event.choice ?? 0).finishReason = event.finishReason;
      } else if (event.type === 'text-delta') {
        const choice = choiceAt(event.choice ?? 0);
        choice.text += event.text;
        if (event.logprobs !== undefined)
          choice.logprobs = joinLogprobs(choice.logprobs, event.logprobs);
      }
    },
    result() {
      const first = choiceAt(0);
      const others = [...choices]
        .sort(([a], [b]) => a - b)
        .slice(1)
        .map(([, choice]) => choice);
      return {
        ...head,
        ...close(first),
        ...(others.length === 0 ? {} : { alternatives: others.map((choice) => close(choice)) }),
      };
    },
  };
}

function joinLogprobs(a: CompleteLogprobs | undefined, b: CompleteLogprobs): CompleteLogprobs {
  if (a === undefined) return b;
  const topLogprobs = joined(a.topLogprobs, b.topLogprobs);
  const textOffset = joined(a.textOffset, b.textOffset);
  return {
    tokens: [...a.tokens, ...b.tokens],
    tokenLogprobs: [...a.tokenLogprobs, ...b.tokenLogprobs],
    ...(topLogprobs === undefined ? {} : { topLogprobs }),
    ...(textOffset === undefined ? {} : { textOffset }),
  };
}

// A list that nobody told is no empty one.
function joined<T>(
  a: readonly T[] | undefined,
  b: readonly T[] | undefined,
): readonly T[] | undefined {
  return a === undefined && b === undefined ? undefined : [...(a ?? []), ...(b ?? [])];
}

/** How completion events and results turn into each other. */
export const completeTraits: OperationTraits<'complete'> = {
  fold: foldComplete,
  unfold(result, usage) {
    const { id, model, created, passthrough } = result;
    const events: CompleteEvent[] = [{ type: 'start', id, model, created, passthrough }];
    [result, ...(result.alternatives ?? [])].forEach(({ text, logprobs, finishReason }, number) => {
      const choice = number === 0 ? undefined : number;
      events.push({ type: 'text-delta', text, logprobs, choice });
      events.push({ type: 'finish', finishReason, choice });
    });
    events.push({ type: 'end', usage });
    return events;
  },
  ending: (result) =>
    [result, ...(result.alternatives ?? [])].every(
      (choice) => choice.finishReason.unified === 'stop',
    )
      ? 'answer'
      : 'incomplete',
  text: (event) => (event.type === 'text-delta' ? event.text : undefined),
};
