import { chatTraits, completeTraits, type Operation, type OperationTraits } from '@inferway/core';
import type { Decoded } from '@inferway/wire';
import type { Subject } from './subject.js';

/** An event of any operation. */
export interface AnyEvent {
  readonly type: string;
}

const CORE: Readonly<Record<string, unknown>> = { chat: chatTraits, complete: completeTraits };

/** The events of the sample's answer, or of another; none where the operation cannot stream. */
export function eventsOf(subject: Subject, answer?: Decoded<Operation>): readonly AnyEvent[] {
  const { sample, script, operation } = subject;
  if (answer === undefined && sample.events !== undefined) return sample.events as never;
  const traits = (script.traits ?? CORE[operation]) as OperationTraits<Operation> | undefined;
  const { result, usage } = answer ?? sample.answer;
  return (traits?.unfold?.(result as never, usage) ?? []) as never;
}

/** The events of an answer that has begun and not ended: all of its text, and no finish. */
export function begunEvents(subject: Subject): readonly AnyEvent[] {
  return eventsOf(subject).filter(
    ({ type }) => !['finish', 'end', 'part-end', 'image'].includes(type),
  );
}
