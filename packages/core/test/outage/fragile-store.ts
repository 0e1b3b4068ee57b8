import type { VirtualClock } from '@inferway/core/testing';
import { memoryQuota } from '../../src/stores/memory-quota.js';
import type { QuotaStore } from '../../src/stores/quota-store.js';

/** A quota store over a network that a test can break: answers come as promises. */
export interface FragileStore extends QuotaStore {
  /** `there`: answers after 1 ms. `failing`: rejects, having done nothing. `deaf`: does what it is asked and rejects. `frozen`: nothing until it is thawed; then all, late. */
  mode: 'there' | 'failing' | 'deaf' | 'frozen';
  /** As if it was started anew, empty. */
  restart(): void;
  /** The frozen ones happen now, in order. */
  thaw(): void;
  /** Operations that reached it. */
  readonly asked: string[];
  /** What it knows, without the network. */
  readonly inside: QuotaStore;
}

export function fragileStore(clock: VirtualClock): FragileStore {
  let inside = memoryQuota({ clock });
  let frozen: (() => void)[] = [];
  const asked: string[] = [];

  const over = <T>(name: string, ask: () => T | Promise<T>): Promise<T> => {
    asked.push(name);
    switch (store.mode) {
      case 'failing':
        return Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
      case 'deaf':
        void ask();
        return Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
      case 'frozen':
        return new Promise((resolve) => {
          frozen.push(() => resolve(ask()));
        });
      default:
        return new Promise((resolve) => {
          const answer = ask();
          clock.setTimer(() => resolve(answer), 1);
        });
    }
  };
  const store: FragileStore = {
    mode: 'there',
    asked,
    get inside() {
      return inside;
    },
    restart() {
      inside = memoryQuota({ clock });
    },
    thaw() {
      store.mode = 'there';
      const waiting = frozen;
      frozen = [];
      for (const happen of waiting) happen();
    },
    reserve: (reservation) => over('reserve', () => inside.reserve(reservation)),
    settle: (settlement) => over('settle', () => inside.settle(settlement)),
    renew: (ids, leaseMs) => over<void>('renew', () => inside.renew(ids, leaseMs)),
    read: (limits) => over('read', () => inside.read(limits)),
    restore: (limit, used, at) => over<void>('restore', () => inside.restore(limit, used, at)),
    claim: (name, ttlMs) => over('claim', () => inside.claim(name, ttlMs)),
  };
  return store;
}
