import {
  caller,
  createClient,
  type Caller,
  type Client,
  type Middleware,
  type State,
} from '@inferway/core';
import { memoryQuota, type QuotaStore } from '@inferway/core/stores';
import {
  fakeProvider,
  say,
  virtualClock,
  type FakeProvider,
  type Script,
  type VirtualClock,
} from '@inferway/core/testing';

export interface Bench {
  readonly clock: VirtualClock;
  readonly store: QuotaStore;
  readonly provider: FakeProvider<'fake', 'chat'>;
  readonly client: Client<FakeProvider<'fake', 'chat'>>;
}

/** A client of one fake provider on a clock that stands still. */
export function bench(
  layers: (store: QuotaStore, clock: VirtualClock) => readonly Middleware[],
  script: Script = say('one two'),
): Bench {
  const clock = virtualClock();
  const store = memoryQuota({ clock });
  const provider = fakeProvider({ name: 'fake', script });
  const client = createClient({ providers: [provider], clock, middleware: layers(store, clock) });
  return { clock, store, provider, client };
}

export const question = { model: 'fake/m', messages: [{ role: 'user', content: 'hi' }] } as const;

/** The `state` option for a call on behalf of somebody. */
export const as =
  (who: Caller) =>
  (state: State): void =>
    state.set(caller, who);

/** What a store does with what it is asked. */
export type Manner = 'answer' | 'throw' | 'reject' | 'hang';

/** A store as another process sees it: each operation takes a round trip, and may fail. Counts the operations. */
export function remote(
  store: QuotaStore,
  clock: VirtualClock,
  latencyMs: number | (() => number) = 1,
): QuotaStore & { manner: Manner; readonly asked: Record<string, number> } {
  const asked: Record<string, number> = {};
  const far = {
    manner: 'answer' as Manner,
    asked,
  };
  const trip = <T>(name: string, work: () => T | Promise<T>): Promise<T> => {
    asked[name] = (asked[name] ?? 0) + 1;
    if (far.manner === 'throw') throw new Error('the store broke');
    return new Promise((resolve, reject) => {
      if (far.manner === 'hang') return;
      const { manner } = far;
      const ms = typeof latencyMs === 'number' ? latencyMs : latencyMs();
      clock.setTimer(() => {
        if (manner === 'reject') reject(new Error('the store refused'));
        else
          clock.setTimer(
            (
              (done) => () =>
                resolve(done)
            )(work()),
            ms / 2,
          );
      }, ms / 2);
    });
  };
  return Object.assign(far, {
    reserve: (reservation: Parameters<QuotaStore['reserve']>[0]) =>
      trip('reserve', () => store.reserve(reservation)),
    settle: (settlement: Parameters<QuotaStore['settle']>[0]) =>
      trip('settle', () => store.settle(settlement)),
    renew: (ids: readonly string[], leaseMs: number) =>
      trip('renew', () => store.renew(ids, leaseMs)),
    read: (limits: Parameters<QuotaStore['read']>[0]) => trip('read', () => store.read(limits)),
    restore: (...given: Parameters<QuotaStore['restore']>) =>
      trip('restore', () => store.restore(...given)),
    claim: (name: string, ttlMs: number) => trip('claim', () => store.claim(name, ttlMs)),
  });
}
