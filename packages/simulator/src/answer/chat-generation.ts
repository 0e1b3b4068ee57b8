import {
  foldChat,
  type ChatEvent,
  type Opaque,
  type Passthrough,
  type TokenLogprob,
  type Usage,
} from '@inferway/core';
import { SeededRandom } from '../seeded-random.js';
import { countTokens } from '../text/tokenizer.js';
import type { SimulatedAnswer, SimulatedChoice, SimulatedPart } from './answer.js';
import type { Generation, Step } from './generation.js';
import { logprobOf } from './logprobs.js';

/** How an answer is told. */
export interface Telling {
  /** Alternatives a token, where log probabilities are asked for. */
  readonly logprobs?: number | undefined;
  /** The signature that the protocol gives to shown reasoning. */
  readonly sign?: ((text: string) => Opaque) | undefined;
  /** What the protocol says of an answer that ended at a stop sequence. */
  readonly stopped?: ((sequence: string) => StoppedBy) | undefined;
  readonly seed: number;
}

/** A protocol's own words for a stop sequence. */
export interface StoppedBy {
  readonly reason: string;
  readonly passthrough: Passthrough;
}

/** Turns a simulated answer into chat events; the unary result is those same events folded. */
export function chatGeneration(answer: SimulatedAnswer, telling: Telling): Generation<'chat'> {
  const passthrough = stoppedBy(answer.choices[0], telling)?.passthrough;
  const ending = passthrough === undefined ? {} : { passthrough };
  const steps = (size: number, usage: Usage): readonly Step<ChatEvent>[] => {
    const lanes = answer.choices.map((choice, number) =>
      choiceSteps(choice, number === 0 ? undefined : number, size, telling),
    );
    return [
      { kind: 'start', events: [{ type: 'start' }], tokens: 0 },
      ...interleaved(lanes),
      { kind: 'end', events: [{ type: 'end', usage, ...ending }], tokens: 0 },
    ];
  };
  return {
    outputTokens: answer.outputTokens,
    reasoningTokens: answer.reasoningTokens,
    steps,
    result() {
      const fold = foldChat();
      for (const step of steps(Infinity, {})) for (const event of step.events) fold.add(event);
      return fold.result();
    },
  };
}

function choiceSteps(
  choice: SimulatedChoice,
  number: number | undefined,
  size: number,
  telling: Telling,
): readonly Step<ChatEvent>[] {
  const steps: Step<ChatEvent>[] = [];
  let index = 0;
  for (const part of choice.parts) {
    if (part.type === 'reasoning' && part.hidden) {
      for (const piece of pieces(part.tokens, size)) {
        steps.push({ kind: 'thought', events: [], tokens: piece.length });
      }
    } else {
      partSteps(part, index++, number, size, telling, steps);
    }
  }
  const raw = stoppedBy(choice, telling)?.reason;
  const finishReason = { ...choice.finishReason, ...(raw === undefined ? {} : { raw }) };
  const finish = { type: 'finish', finishReason, ...at(number) } as const;
  steps.push({ kind: 'finish', events: [finish], tokens: 0 });
  return steps;
}

/** The first piece of a text opens its part, the last one closes it. */
function partSteps(
  part: SimulatedPart,
  index: number,
  number: number | undefined,
  size: number,
  telling: Telling,
  steps: Step<ChatEvent>[],
): void {
  const list = pieces(part.tokens, size);
  const kind = part.type === 'tool-call' ? 'tool' : part.type === 'reasoning' ? 'thought' : 'text';
  // A call's name comes alone, before its arguments, as providers send it.
  let open: ChatEvent | undefined = opening(part, index, number);
  if (part.type === 'tool-call') {
    steps.push({ kind, events: [open], tokens: countTokens(part.name) });
    open = undefined;
  }
  list.forEach((piece, position) => {
    const events: ChatEvent[] = open === undefined ? [] : [open];
    open = undefined;
    events.push(delta(part, piece, index, number, telling));
    if (position === list.length - 1) events.push(closing(part, index, number, telling));
    steps.push({ kind, events, tokens: piece.length });
  });
}

function stoppedBy(choice: SimulatedChoice, telling: Telling): StoppedBy | undefined {
  return choice.stopSequence === undefined ? undefined : telling.stopped?.(choice.stopSequence);
}

function opening(part: SimulatedPart, index: number, number: number | undefined): ChatEvent {
  const empty =
    part.type === 'tool-call'
      ? ({ type: 'tool-call', id: part.id, name: part.name, arguments: '' } as const)
      : ({ type: part.type, text: '' } as const);
  return { type: 'part-start', index, part: empty, ...at(number) };
}

function delta(
  part: SimulatedPart,
  piece: readonly string[],
  index: number,
  number: number | undefined,
  telling: Telling,
): ChatEvent {
  const text = piece.join('');
  switch (part.type) {
    case 'tool-call':
      return { type: 'tool-call-delta', index, arguments: text, ...at(number) };
    case 'reasoning':
      return { type: 'reasoning-delta', index, text, ...at(number) };
    case 'text':
      return { type: 'text-delta', index, text, ...logprobs(piece, telling), ...at(number) };
  }
}

function closing(
  part: SimulatedPart,
  index: number,
  number: number | undefined,
  telling: Telling,
): ChatEvent {
  const opaque = part.type === 'reasoning' ? telling.sign?.(part.tokens.join('')) : undefined;
  return {
    type: 'part-end',
    index,
    ...(opaque === undefined ? {} : { opaque }),
    ...at(number),
  };
}

function logprobs(
  piece: readonly string[],
  telling: Telling,
): { readonly logprobs?: readonly TokenLogprob[] } {
  const { logprobs: count, seed } = telling;
  if (count === undefined) return {};
  return { logprobs: piece.map((token) => logprobOf(token, count, new SeededRandom(seed))) };
}

function at(number: number | undefined): { readonly choice?: number } {
  return number === undefined ? {} : { choice: number };
}

function pieces(tokens: readonly string[], size: number): readonly (readonly string[])[] {
  if (tokens.length <= size) return [tokens];
  const list: (readonly string[])[] = [];
  for (let start = 0; start < tokens.length; start += size) {
    list.push(tokens.slice(start, start + size));
  }
  return list;
}

/** One step of each choice in turn, as providers send several choices. */
function interleaved<E>(lanes: readonly (readonly Step<E>[])[]): readonly Step<E>[] {
  const [only] = lanes;
  if (only !== undefined && lanes.length === 1) return only;
  const longest = Math.max(...lanes.map((lane) => lane.length));
  const steps: Step<E>[] = [];
  for (let index = 0; index < longest; index++) {
    for (const lane of lanes) {
      const step = lane[index];
      if (step !== undefined) steps.push(step);
    }
  }
  return steps;
}
