import { randomBytes } from 'node:crypto';
import type { PriceBook } from '@inferway/core';
import { createSimulator } from '@inferway/simulator';

/** The simulator that every gateway has at hand. */
export interface RunningSimulator {
  /** The part of a model before its first slash. */
  readonly name: string;
  readonly baseUrls: { readonly openai: string; readonly anthropic: string };
  /** Made for this process: the simulator answers nobody else. */
  readonly key: string;
  /** Its models, `simulator/…`, the usual one first. */
  readonly examples: readonly string[];
  readonly prices: PriceBook;
  close(): Promise<void>;
}

const NAME = 'simulator';
// As a quick hosted model: long enough to see the stream, short enough for tests.
const PACE = { ttftMs: 60, perTokenMs: 6 };
// It runs for as long as the gateway: what is kept of its requests is nobody's to read.
const KEEP = 16;

/** Starts a simulator on a free loopback port. */
export async function startSimulator(): Promise<RunningSimulator> {
  const key = randomBytes(24).toString('base64url');
  const simulator = createSimulator({ pace: PACE, keys: [key], keep: KEEP });
  await simulator.listen();
  return {
    name: NAME,
    key,
    baseUrls: simulator.baseUrls,
    examples: simulator.models.map(({ id }) => `${NAME}/${id}`),
    prices: simulator.priceBook,
    close: () => simulator.close(),
  };
}
