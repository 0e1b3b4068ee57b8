import { createClient, type Client } from '@inferway/core';
import {
  createHuggingFace,
  type HuggingFaceOptions,
  type HuggingFaceProvider,
} from '@inferway/huggingface';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { afterAll, afterEach, beforeAll } from 'vitest';

/** A simulator for the tests of one file, and clients of it. */
export interface Simulated {
  readonly simulator: Simulator;
  connect(options?: HuggingFaceOptions): Client<HuggingFaceProvider>;
}

export function simulated(): Simulated {
  const simulator = createSimulator();
  const open: { close(): Promise<void> }[] = [];
  beforeAll(() => simulator.listen());
  afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));
  afterAll(() => simulator.close());
  return {
    simulator,
    connect(options) {
      const provider = createHuggingFace({
        apiKey: 'hf_simulated',
        baseUrl: simulator.baseUrls.huggingface,
        hubUrl: simulator.baseUrls.huggingfaceRoot,
        ...options,
      });
      const client = createClient({ providers: [provider] });
      open.push(client);
      return client;
    },
  };
}
