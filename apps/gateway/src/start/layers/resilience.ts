import { parseModel, type Middleware } from '@inferway/core';
import type { CircuitBreaker, HedgeOptions } from '@inferway/core/resilience';
import { inConfig, refuseProviders, switchedOn } from './in-config.js';
import type { LayerFacts } from './layer-facts.js';

/** The layers that keep calls going while targets fail. */
export interface ResilienceLayers {
  readonly breaker?: CircuitBreaker;
  readonly hedge?: Middleware;
  readonly resume?: Middleware;
}

/** Makes what the config asks for. @throws {InferwayError} `configuration` */
export async function resilienceLayers(facts: LayerFacts): Promise<ResilienceLayers> {
  const { config, stores, complain, providers } = facts;
  const breaker = switchedOn(config.breaker);
  const hedge: HedgeOptions | undefined = switchedOn(config.hedge);
  const { resume } = config;
  if (!breaker && !hedge && !resume) return {};
  const core = await import('@inferway/core/resilience');
  return {
    ...(breaker && {
      breaker: inConfig('breaker', () =>
        core.circuitBreaker({
          ...breaker,
          health: stores.health,
          onChange: ({ target, state, reason }) =>
            complain(`the breaker of ${target} is ${state} (${reason})`),
        }),
      ),
    }),
    ...(hedge && {
      hedge: inConfig('hedge', () => {
        const names = (hedge.targets ?? []).map((target) => parseModel(target).provider);
        refuseProviders(names, providers);
        return core.hedge(hedge);
      }),
    }),
    ...(resume && { resume: inConfig('resume', () => core.resume(resume)) }),
  };
}
