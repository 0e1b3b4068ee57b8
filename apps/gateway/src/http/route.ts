import type { Exchange } from './exchange.js';
import type { Protocol } from './protocol.js';

/** One thing that the gateway serves. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** True: no key is asked for. */
  readonly open?: boolean;
  /** The shape of its errors. */
  readonly protocol: Protocol;
  readonly serve: (exchange: Exchange) => Promise<void>;
}
