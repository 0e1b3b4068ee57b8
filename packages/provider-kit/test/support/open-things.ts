import { afterEach } from 'vitest';
import type { Transport, TransportLimits } from '../../src/index.js';
import { faultServer, type FaultServer, type Scenario } from '../../src/testing/index.js';

/** Servers and transports of one test file, closed after each of its tests. */
export interface OpenThings {
  /** A server that follows `scenario`. */
  serve(scenario: Scenario): Promise<FaultServer>;
  /** What `make` makes. */
  keep<T extends { close(): Promise<void> }>(made: T): T;
}

/** Call once at the top of a test file. */
export function openThings(): OpenThings {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });
  const keep = <T extends { close(): Promise<void> }>(made: T): T => {
    open.push(made);
    return made;
  };
  return { keep, serve: async (scenario) => keep(await faultServer(scenario)) };
}

/** A factory of transports of one kind, each closed after its test. */
export function keeping(
  { keep }: OpenThings,
  make: (limits?: TransportLimits) => Transport,
): (limits?: TransportLimits) => Transport {
  return (limits) => keep(make(limits));
}
