import Replicate from 'replicate';
import type { Simulator } from '../../src/index.js';

/** The official client, pointed at the simulator. */
export function replicateClient(simulator: Simulator, auth = 'r8_test'): Replicate {
  return new Replicate({ auth, baseUrl: simulator.baseUrls.replicate });
}

/** One request as curl would make it. */
export function ask(
  simulator: Simulator,
  path: string,
  init: {
    readonly method?: string;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Response> {
  return fetch(simulator.baseUrls.replicate + path, {
    method: init.method ?? (init.body === undefined ? 'GET' : 'POST'),
    headers: { authorization: 'Bearer r8_test', ...init.headers },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
    ...(init.signal === undefined ? {} : { signal: init.signal }),
  });
}

/** Waits, in turns of the event loop, until something holds that the machine does by itself. */
export async function until(test: () => boolean): Promise<void> {
  // By time, not by turns: on a busy machine a thousand turns are over before a socket is read.
  const givenUpAt = performance.now() + 10_000;
  while (!test() && performance.now() < givenUpAt) await new Promise(setImmediate);
  if (!test()) throw new Error('It never came true.');
}
