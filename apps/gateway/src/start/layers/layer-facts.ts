import type { Client, PriceBook, ProviderBase } from '@inferway/core';
import type { Config } from '../../config/config.js';
import type { ConfiguredKey } from '../../config/read-caller-keys.js';
import type { Environment } from '../../config/read-secret.js';
import type { Closing } from './closing.js';
import type { Stores } from './stores.js';

/** What the layers of the chain are made of. */
export interface LayerFacts {
  readonly config: Config;
  readonly environment: Environment;
  /** Where relative paths of the config begin. */
  readonly folder: string;
  readonly keys: readonly Pick<ConfiguredKey, 'id' | 'limits' | 'budget'>[];
  readonly providers: readonly ProviderBase[];
  readonly prices: PriceBook;
  readonly stores: Stores;
  /** What is to be closed after the last call. */
  readonly closing: Closing;
  /** The client that these layers are for; made after them. */
  readonly client: () => Client<ProviderBase>;
  /** Told what the operator should know. */
  readonly complain: (text: string) => void;
  /** Takes a line about an event of a call. */
  readonly log: (line: string) => void;
}
