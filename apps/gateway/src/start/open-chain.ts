import type { Client, ProviderBase } from '@inferway/core';
import { createChain, type ChainOptions } from './chain.js';
import { Closing } from './layers/closing.js';
import { openStores } from './layers/stores.js';
import { refuseUnknownModels } from './layers/unknown-models.js';

/** The chain with the stores that it works with. */
export interface OpenChain {
  readonly client: Client<ProviderBase>;
  /** Values that no error may let out. */
  readonly secrets: readonly string[];
  /** After the last call: settles and writes down what is left, then closes the stores. */
  close(): Promise<void>;
}

/** Opens the stores that the config asks for, and makes the chain. Where that fails, nothing is left open. */
export async function openChain(
  options: Omit<ChainOptions, 'stores' | 'closing'>,
): Promise<OpenChain> {
  const closing = new Closing();
  try {
    const stores = await openStores({ ...options, closing });
    const client = await createChain({ ...options, stores, closing });
    // First of all: what still runs is ended, so that it can be settled and written down.
    closing.add(() => client.close());
    if (options.config.routes !== undefined) {
      await refuseUnknownModels(options.config, options.providers);
    }
    return { client, secrets: stores.secrets, close: () => closing.close() };
  } catch (reason) {
    await closing.close().catch(() => {});
    throw reason;
  }
}
