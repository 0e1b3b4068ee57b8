import { spread, type Spread } from '../statistics.js';

/** One figure of the stores: what it costs, and over what where it has a baseline of the same round. */
export interface StoreRow {
  readonly what: string;
  readonly unit: string;
  readonly cost: Spread;
  readonly over?: { readonly baseline: string; readonly ratio: Spread } | undefined;
  /** Commands on the wire for one decision. */
  readonly commands?: number | undefined;
}

/** What could not be measured, and why. */
export interface LeftOut {
  readonly what: string;
  readonly reason: string;
}

/** Wall microseconds that one of `count` steps takes, `atOnce` of them side by side. */
export async function timeSteps(
  count: number,
  atOnce: number,
  step: () => unknown,
): Promise<number> {
  let left = count;
  const line = async (): Promise<void> => {
    while (left-- > 0) await step();
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, line));
  return ((performance.now() - start) * 1000) / count;
}

/** Runs `once` so many times, after one that does not count. */
export async function rounds(count: number, once: () => number | Promise<number>): Promise<Spread> {
  await once();
  const taken: number[] = [];
  for (let round = 0; round < count; round++) taken.push(await once());
  return spread(taken);
}
