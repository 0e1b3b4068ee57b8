import { modelName } from '../upstream/model-name.js';
import type { Order } from './worker.js';

/** One row of the library table. */
export interface Row {
  readonly title: string;
  readonly order: Order;
  /** Events a call, for the cost of one. */
  readonly events: number;
}

/** Unary at three concurrencies, and streams of three lengths that arrive whole or one event a read. `scale` shortens a run. */
export function libraryRows(scale: number): Row[] {
  const calls = (count: number): number => Math.max(16, Math.round(count * scale));
  const unary = [1, 16, 64].map((concurrency) => ({
    title: `unary, concurrency ${concurrency}`,
    order: { calls: calls(concurrency === 1 ? 3_000 : 6_000), concurrency },
    events: 0,
  }));
  const streams = [20, 100, 500].flatMap((events) =>
    [false, true].map((paced) => ({
      title: `stream of ${events}, ${paced ? 'one event a read' : 'whole'}`,
      order: {
        calls: calls(paced ? Math.min(400, 24_000 / events) : Math.min(1_000, 60_000 / events)),
        concurrency: 16,
        stream: modelName({ events, paced }),
      },
      events,
    })),
  );
  return [...unary, ...streams];
}
