import { createClient, InferwayError, type Client, type Clock } from '@inferway/core';
import { createSimulator, type Simulator, type SimulatorOptions } from '@inferway/simulator';
import { createReplicate, type ReplicateOptions } from '../../src/index.js';

type Provider = ReturnType<typeof createReplicate>;

/** A simulator and a client of it. */
export interface World {
  readonly simulator: Simulator;
  readonly client: Client<Provider>;
  /** Requests that reached the simulator, as `POST /predictions`; ids of predictions are left out. */
  seen(): string[];
  close(): Promise<void>;
}

export async function openWorld(
  options: ReplicateOptions = {},
  simulated: SimulatorOptions = {},
  clock?: Clock,
): Promise<World> {
  const simulator = createSimulator({ ...simulated, ...(clock === undefined ? {} : { clock }) });
  await simulator.listen();
  const provider = createReplicate({
    apiKey: 'r8_key_of_a_test',
    baseUrl: simulator.baseUrls.replicate,
    ...options,
  });
  const client = createClient({ providers: [provider], ...(clock === undefined ? {} : { clock }) });
  return {
    simulator,
    client,
    seen: () =>
      simulator.requests.toArray().map(({ method, path }) => {
        const plain = path.replace(/^\/replicate(?:\/v1)?/u, '');
        return `${method} ${plain.replace(/(predictions|files|delivery)\/[\w-]{20,}/u, '$1/*')}`;
      }),
    async close() {
      await client.close();
      await simulator.close();
    },
  };
}

/** Waits, in turns of the event loop, until something holds that happens by itself. */
export async function until(test: () => boolean): Promise<void> {
  // By time, not by turns: on a busy machine a thousand turns are over before a socket is read.
  const givenUpAt = performance.now() + 10_000;
  while (!test() && performance.now() < givenUpAt) await new Promise(setImmediate);
  if (!test()) throw new Error('It never came true.');
}

/** What a call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<InferwayError> {
  try {
    await call;
  } catch (reason) {
    if (InferwayError.is(reason)) return reason;
    throw reason;
  }
  throw new Error('The call succeeded.');
}

export async function versionOf({ client }: World, name: string): Promise<string> {
  const found = (await client.models()).models.find(({ id }) => id.startsWith(`inferway/${name}:`));
  return found?.id ?? '';
}
