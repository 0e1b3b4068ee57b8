import {
  fetchTransport,
  undiciTransport,
  type Transport,
  type TransportLimits,
} from '../../src/index.js';

/** Every suite about sockets runs over both. */
export const TRANSPORTS: readonly (readonly [string, (limits?: TransportLimits) => Transport])[] = [
  ['undici', (limits) => undiciTransport(limits)],
  ['fetch', (limits) => fetchTransport(limits)],
];
