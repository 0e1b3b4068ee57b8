import type { Operation, OperationTraits } from '@inferway/core';

/** An operation that no middleware has heard of, as a third party would bring one. */
export const PROBE: Operation = 'conformance probe' as Operation;

export interface ProbeEvent {
  readonly type: 'start' | 'piece' | 'end';
  readonly piece?: string;
}

export interface ProbeResult {
  readonly pieces: readonly string[];
}

/** How the probe's events and results turn into each other. */
export const probeTraits: OperationTraits<Operation> = {
  fold: () => {
    const pieces: string[] = [];
    return {
      add: ((event: ProbeEvent) => {
        if (event.piece !== undefined) pieces.push(event.piece);
      }) as never,
      result: () => ({ pieces }) as never,
    };
  },
  unfold: ((result: ProbeResult): readonly ProbeEvent[] => [
    { type: 'start' },
    ...result.pieces.map((piece): ProbeEvent => ({ type: 'piece', piece })),
    { type: 'end' },
  ]) as never,
};
