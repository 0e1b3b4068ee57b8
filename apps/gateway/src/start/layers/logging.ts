import { callerOf, callIdOf, type Middleware } from '@inferway/core';
import type { LayerFacts } from './layer-facts.js';

/** A line for each event of each call: labels and figures, never content. */
export async function logLayer({ log }: Pick<LayerFacts, 'log'>): Promise<Middleware> {
  const { formatEvent, monitor } = await import('@inferway/core/middleware');
  return monitor({
    onEvent: (event, { state }) => {
      const { key = '' } = callerOf(state);
      log(`${formatEvent(event)} call=${callIdOf(state)} key=${key}`);
    },
  });
}
