import type { Fold } from '../traits.js';
import type { ChatChoice, ChatEvent, ChatResult } from './chat.js';
import type { FinishReason } from './finish-reason.js';
import type { TokenLogprob } from './logprobs.js';
import type { AssistantPart, Citation, ProviderPart } from './parts.js';

type Growing = { -readonly [P in keyof AssistantPart]: AssistantPart[P] } & {
  text?: string;
  arguments?: string;
  citations?: readonly Citation[];
};

interface OpenChoice {
  // By index; not an array, so that an index out of all bounds costs nothing.
  readonly parts: Map<number, Growing>;
  /** Tool calls whose `part-end` has not come: no part of a result (a cut call must never be run). */
  readonly open: Set<number>;
  finishReason: FinishReason | undefined;
  logprobs: TokenLogprob[] | undefined;
}

/** Gathers chat events into a `ChatResult`; before the end it gives the partial answer, finish reason `unknown`. */
export function foldChat(): Fold<ChatEvent, ChatResult> {
  const choices = new Map<number, OpenChoice>();
  let head: Pick<ChatResult, 'id' | 'model' | 'created' | 'passthrough'> = {};

  const choiceAt = (index: number): OpenChoice => {
    let choice = choices.get(index);
    if (choice === undefined) {
      choice = { parts: new Map(), open: new Set(), finishReason: undefined, logprobs: undefined };
      choices.set(index, choice);
    }
    return choice;
  };

  // The part that the last delta went to: most go where the one before went.
  let last: Growing | undefined;
  let lastIndex = 0;

  const add = (event: ChatEvent): void => {
    if (
      event.type === 'text-delta' &&
      last !== undefined &&
      event.index === lastIndex &&
      event.choice === undefined &&
      event.logprobs === undefined
    ) {
      last.text += event.text;
      return;
    }
    last = undefined;
    switch (event.type) {
      case 'start': {
        head = withoutUndefined({ ...head, ...pickHead(event) });
        return;
      }
      case 'resumed': {
        if (event.mode === 'restart') {
          choices.clear();
          head = {};
        }
        return;
      }
      case 'end': {
        if (event.passthrough !== undefined) {
          const fields = { ...head.passthrough?.fields, ...event.passthrough.fields };
          head = { ...head, passthrough: { format: event.passthrough.format, fields } };
        }
        return;
      }
      case 'finish': {
        choiceAt(event.choice ?? 0).finishReason = event.finishReason;
        return;
      }
      case 'part-start': {
        const choice = choiceAt(event.choice ?? 0);
        choice.parts.set(event.index, { ...event.part } as Growing);
        if (event.part.type === 'tool-call') choice.open.add(event.index);
        return;
      }
      default:
    }
    const choice = choiceAt(event.choice ?? 0);
    const part = choice.parts.get(event.index);
    if (part === undefined) return;
    switch (event.type) {
      case 'text-delta': {
        part.text = (part.text ?? '') + event.text;
        if (event.choice === undefined) {
          last = part;
          lastIndex = event.index;
        }
        if (event.logprobs !== undefined) (choice.logprobs ??= []).push(...event.logprobs);
        break;
      }
      case 'reasoning-delta': {
        part.text = (part.text ?? '') + event.text;
        break;
      }
      case 'tool-call-delta': {
        part.arguments = (part.arguments ?? '') + event.arguments;
        break;
      }
      case 'citation': {
        part.citations = [...(part.citations ?? []), event.citation];
        break;
      }
      case 'part-end': {
        choice.open.delete(event.index);
        if (event.opaque !== undefined) part.opaque = event.opaque;
        if (event.value !== undefined)
          (part as unknown as { value: ProviderPart['value'] }).value = event.value;
        break;
      }
    }
  };

  return {
    add,
    result() {
      const [first, ...others] = choices.has(0)
        ? inOrder(choices)
        : [undefined, ...inOrder(choices)];
      return {
        ...head,
        ...close(first),
        ...(others.length > 0 ? { alternatives: others.map((choice) => close(choice)) } : {}),
      };
    },
  };
}

function close(choice: OpenChoice | undefined): ChatChoice {
  const closed = new Map(choice?.parts);
  for (const index of choice?.open ?? []) closed.delete(index);
  return {
    message: { role: 'assistant', content: inOrder(closed) as unknown as AssistantPart[] },
    finishReason: choice?.finishReason ?? { unified: 'unknown' },
    ...(choice?.logprobs === undefined ? {} : { logprobs: choice.logprobs }),
  };
}

function inOrder<T>(byIndex: ReadonlyMap<number, T>): T[] {
  return [...byIndex].sort(([a], [b]) => a - b).map(([, value]) => value);
}

function pickHead(
  event: Extract<ChatEvent, { type: 'start' }>,
): Pick<ChatResult, 'id' | 'model' | 'created' | 'passthrough'> {
  const { id, model, created, passthrough } = event;
  return { id, model, created, passthrough };
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as T;
}
