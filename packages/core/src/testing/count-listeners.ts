import { getEventListeners } from 'node:events';
import { ownListeners } from '../signal.js';

/** How many listen to a signal's abort, by `addEventListener` or by `listenTo`: so that a test can see who leaves a listener behind. */
export function countListeners(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length + ownListeners(signal);
}
