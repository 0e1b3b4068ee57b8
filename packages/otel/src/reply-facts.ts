import type { FinishReason } from '@inferway/core';
import type { TargetRun } from './call-run.js';
import { conventionalReason } from './finish-reason.js';

interface Facts {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly model?: unknown;
  readonly choice?: unknown;
  readonly finishReason?: FinishReason | undefined;
  readonly alternatives?: readonly Facts[] | undefined;
}

/** Notes what events tell of the answer: its id, its model and why it ended. Operations that name these otherwise tell nothing. */
export function noteEvents(target: TargetRun, events: readonly unknown[]): void {
  for (const event of events as readonly Facts[]) {
    if (event.type === 'start') noteHead(target, event);
    else if (event.type === 'finish') noteFinish(target, event);
  }
}

/** The same from a whole result. */
export function noteResult(target: TargetRun, result: unknown): void {
  if (typeof result !== 'object' || result === null) return;
  const facts: Facts = result;
  noteHead(target, facts);
  target.finishReasons = [facts, ...(facts.alternatives ?? [])].flatMap(
    ({ finishReason }) => reasonWord(finishReason) ?? [],
  );
}

function noteFinish(target: TargetRun, { choice, finishReason }: Facts): void {
  const word = reasonWord(finishReason);
  if (word === undefined) return;
  // In the order of the choices, whichever ends first; a number that no request asks for is not believed.
  const place = typeof choice === 'number' && choice >= 0 && choice < 128 ? Math.trunc(choice) : 0;
  while (target.finishReasons.length < place) target.finishReasons.push('unknown');
  target.finishReasons[place] = word;
}

function noteHead(target: TargetRun, { id, model }: Facts): void {
  if (typeof id === 'string') target.responseId = id;
  if (typeof model === 'string') target.responseModel = model;
}

/** The provider's own word, or ours as the conventions spell it. */
function reasonWord(reason: FinishReason | undefined): string | undefined {
  return (
    reason?.raw ?? (reason?.unified === undefined ? undefined : conventionalReason(reason.unified))
  );
}
