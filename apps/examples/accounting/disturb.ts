import { setTimeout as sleep } from 'node:timers/promises';
import type { StoreRelays } from './store-relays.js';
import type { Worker } from './workers.js';

export interface Disturbance {
  readonly workers: Worker[];
  readonly wires: StoreRelays;
  /** Starts another worker. */
  readonly replacement: () => Worker;
  /** Makes Redis forget everything. */
  readonly empty?: () => Promise<void>;
}

/** Kills a worker and starts another in its place, freezes both stores for a while. Says when it killed (epoch milliseconds). */
export async function disturb({
  workers,
  wires,
  replacement,
  empty,
}: Disturbance): Promise<number> {
  await sleep(1200);
  const killedAt = Date.now();
  workers[0]?.kill();
  const another = replacement();
  workers.push(another);
  await another.ready;
  await sleep(300);
  await empty?.();
  await sleep(200);
  wires.freeze('redis');
  await sleep(1000);
  wires.thaw('redis');
  await sleep(300);
  wires.freeze('postgres');
  await sleep(2200);
  wires.thaw('postgres');
  return killedAt;
}
