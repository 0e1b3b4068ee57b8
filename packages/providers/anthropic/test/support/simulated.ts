import { createClient, type Client, type Middleware, type Provider } from '@inferway/core';
import { createSimulator, type SimulatedModel, type Simulator } from '@inferway/simulator';
import { afterAll, beforeAll } from 'vitest';
import { createAnthropic, type AnthropicOptions } from '../../src/index.js';

/** A simulator for the tests of one file, and clients of it. */
export interface Simulated {
  readonly simulator: Simulator;
  provider(options?: AnthropicOptions): ReturnType<typeof createAnthropic>;
  client(
    options?: AnthropicOptions,
    middleware?: readonly Middleware[],
  ): Client<ReturnType<typeof createAnthropic>>;
}

/** Starts a simulator before the tests of a file and stops it after them. */
export function simulated(models?: readonly SimulatedModel[]): Simulated {
  let simulator: Simulator;
  const open: Provider[] = [];
  beforeAll(async () => {
    simulator = createSimulator(models === undefined ? {} : { models });
    await simulator.listen();
  });
  afterAll(async () => {
    await Promise.all(open.map((provider) => provider.close?.()));
    await simulator.close();
  });
  const provider = (options?: AnthropicOptions) => {
    const made = createAnthropic({
      apiKey: 'sk-simulated',
      baseUrl: simulator.baseUrls.anthropic,
      ...options,
    });
    open.push(made);
    return made;
  };
  return {
    get simulator() {
      return simulator;
    },
    provider,
    client: (options, middleware = []) =>
      createClient({ providers: [provider(options)], middleware }),
  };
}
