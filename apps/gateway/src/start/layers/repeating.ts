import type { Middleware } from '@inferway/core';
import { ASKED } from '../../http/idempotency-header.js';
import { inConfig, switchedOn } from './in-config.js';
import type { LayerFacts } from './layer-facts.js';
import { tenantOf } from './tenant-of.js';

type Facts = Pick<LayerFacts, 'config' | 'stores' | 'complain' | 'closing'>;

/** The layer that executes a call with a key once; undefined where the config says so. @throws {InferwayError} `configuration` */
export async function repeatLayer({
  config,
  stores,
  complain,
  closing,
}: Facts): Promise<Middleware | undefined> {
  const setting = switchedOn(config.idempotency ?? true);
  if (setting === undefined) return undefined;
  const { idempotency } = await import('@inferway/core/idempotency');
  const { maxEntries, maxBytes, ...options } = { ...setting };
  const timeoutMs = config.stores?.timeoutMs;
  // The bounds are of the memory here: a shared server has its own.
  const store = stores.idempotency ?? (await boundedMemory(maxEntries, maxBytes));
  const layer = inConfig('idempotency', () =>
    idempotency({
      ...options,
      store,
      scope: tenantOf,
      parameters: (call) => call.state.get(ASKED),
      // The store has a limit of its own; this one is there for what hangs all the same.
      storeTimeoutMs: timeoutMs === undefined ? undefined : timeoutMs * 2,
      onOutage: ({ message }) => complain(message),
    }),
  );
  // How the last calls ended is to be in the store before the connection ends.
  closing.add(() => layer.close());
  return layer;
}

async function boundedMemory(maxEntries: number | undefined, maxBytes: number | undefined) {
  if ((maxEntries ?? maxBytes) === undefined) return undefined;
  const { memoryIdempotency } = await import('@inferway/core/stores');
  return inConfig('idempotency', () => memoryIdempotency({ maxEntries, maxBytes }));
}
