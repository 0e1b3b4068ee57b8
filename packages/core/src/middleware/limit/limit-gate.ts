import type { Call } from '../../call.js';
import type { Clock } from '../../clock.js';
import { abortReason, untilAborted } from '../../signal.js';
import { leaseKeeperOf, type Lease, type LeaseKeeper } from '../../stores/lease-keeper.js';
import type {
  QuotaDecision,
  QuotaHold,
  QuotaRefused,
  QuotaStore,
} from '../../stores/quota-store.js';
import { releasesOf, type Releases } from './releases.js';
import type { WaitingRoom } from '../queue/waiting-room.js';
import type { Entrant, QueueRefusal, Trial } from '../queue/waiter.js';
import { Hold, type Given, type HoldGiver } from './hold.js';
import type { Claim } from './limit-rule.js';
import { refusal, storeFailed, type LimitPlace, type MetFigures } from './limit-error.js';
import { tellWait } from './limit-events.js';
import { noteStanding, type Told } from './limit-standing.js';

/** Lets calls in as a store allows it: one round trip a decision. */
export class LimitGate implements HoldGiver {
  readonly #place: LimitPlace;
  readonly #store: QuotaStore;
  readonly #leaseMs: number;
  readonly #room: WaitingRoom<Hold> | undefined;
  readonly #releases: Releases;
  #clock: Clock | undefined;
  #keeper: LeaseKeeper | undefined;

  constructor(
    place: LimitPlace,
    store: QuotaStore,
    leaseMs: number,
    room: WaitingRoom<Hold> | undefined,
  ) {
    this.#place = place;
    this.#store = store;
    this.#leaseMs = leaseMs;
    this.#room = room;
    this.#releases = releasesOf(store);
    if (room !== undefined) this.#releases.add(room);
  }

  /** Holds what the call claims. @throws {InferwayError} what it is refused with. */
  enter(call: Call, claim: Claim): Hold | Promise<Hold> {
    if (call.signal.aborted) throw abortReason(call.signal);
    const room = this.#room;
    if (room !== undefined && !room.isEmpty) {
      // Who comes later must not overtake those who wait for the same.
      const line = claim.limits.find(({ key }) => room.hasLine(key));
      if (line !== undefined) {
        this.#note(call, claim, this.#unasked(claim));
        return this.#queue(room, call, claim, line.key, undefined);
      }
    }
    const trial = this.#try(call, claim);
    if (!(trial instanceof Promise)) return this.#settled(call, claim, trial);
    const undo = (late: Trial<Hold>): void => {
      if (late.granted) late.value.undo();
    };
    return untilAborted(trial, call.signal, undo).then((done) => this.#settled(call, claim, done));
  }

  #settled(call: Call, claim: Claim, trial: Trial<Hold>): Hold | Promise<Hold> {
    if (trial.granted) return trial.value;
    const { key, waitMs } = trial;
    if (this.#room !== undefined) return this.#queue(this.#room, call, claim, key, waitMs);
    throw refusal(call, this.#place, metFigures(claim, key), 'full', waitMs);
  }

  #queue(
    room: WaitingRoom<Hold>,
    call: Call,
    claim: Claim,
    key: string,
    waitMs: number | undefined,
  ): Promise<Hold> {
    const entrant: Entrant<Hold> = {
      call,
      attempt: () => this.#try(call, claim),
      undo: (hold) => hold.undo(),
      refusal: (why: QueueRefusal, at: string, ms: number | undefined) =>
        refusal(call, this.#place, metFigures(claim, at), why, ms),
    };
    const waiting = room.enter(entrant, key, waitMs);
    const { limit, unit, per } = metFigures(claim, key);
    tellWait(call, { limit, unit, per }, room.lengthOf(key), waitMs, waiting);
    return waiting;
  }

  #try(call: Call, claim: Claim): Trial<Hold> | Promise<Trial<Hold>> {
    let decision: Given | QuotaRefused | Promise<Given | QuotaRefused>;
    try {
      decision = this.#byHand(call, claim) ?? this.#reserve(call, claim);
    } catch (reason) {
      throw storeFailed(call, reason);
    }
    if (!(decision instanceof Promise)) return this.#read(call, claim, decision);
    return decision.then(
      (decided) => this.#read(call, claim, decided),
      (reason: unknown) => {
        throw storeFailed(call, reason);
      },
    );
  }

  #byHand(call: Call, claim: Claim): QuotaHold | QuotaRefused | undefined {
    const decision = this.#store.hold?.(claim.limits);
    if (decision !== undefined) this.#note(call, claim, decision);
    return decision;
  }

  #reserve(call: Call, claim: Claim): Lease | QuotaRefused | Promise<Lease | QuotaRefused> {
    const { limits } = claim;
    const keeper = this.#keeperFor(call);
    const id = keeper.nextId();
    const decision = this.#store.reserve({ id, limits, leaseMs: this.#leaseMs });
    const read = (decided: QuotaDecision): Lease | QuotaRefused => {
      this.#note(call, claim, decided);
      return decided.granted ? keeper.hold(id) : decided;
    };
    return decision instanceof Promise ? decision.then(read) : read(decision);
  }

  #read(call: Call, claim: Claim, decision: Given | QuotaRefused): Trial<Hold> {
    if (decision.granted !== false) {
      return { granted: true, value: new Hold(decision, call, claim, this) };
    }
    const { key, waitMs } = refused(claim, decision);
    if (decision.reason !== 'full') {
      throw refusal(call, this.#place, metFigures(claim, key), 'never', undefined);
    }
    return { granted: false, key, waitMs };
  }

  settle({ given, claim }: Hold, actual: readonly (number | undefined)[]): void {
    const { limits } = claim;
    try {
      const settling =
        given.granted === true ? given.settle(actual) : given.keeper.settle(given, limits, actual);
      if (settling instanceof Promise) {
        void settling.catch(ignore).then(() => this.#releases.freed(limits));
        return;
      }
    } catch {
      // Where the store cannot be told, the lease ends what was held.
    }
    this.#releases.freed(limits);
  }

  #note(call: Call, claim: Claim, told: Told | undefined): void {
    if (this.#place === 'caller' && told !== undefined) noteStanding(call, this, claim, told);
  }

  /** Of a call that gets in line without a question: what a store in this process has at hand. */
  #unasked({ limits }: Claim): Told | undefined {
    const store = this.#store;
    if (store.hold === undefined) return undefined;
    return {
      states: () => {
        const states = store.read(limits);
        return states instanceof Promise ? [] : states;
      },
    };
  }

  #keeperFor(call: Call): LeaseKeeper {
    const { clock } = call.state.runtime;
    if (this.#keeper === undefined || this.#clock !== clock) {
      this.#clock = clock;
      this.#keeper = leaseKeeperOf(this.#store, clock, this.#leaseMs);
    }
    return this.#keeper;
  }
}

function metFigures({ limits, figures }: Claim, key: string): MetFigures {
  const index = limits.findIndex((limit) => limit.key === key);
  const figure = figures[Math.max(0, index)] as Claim['figures'][number];
  const { unit, max, windowMs, rule } = figure;
  return { limit: rule.name, unit, per: rule.per, max, windowMs };
}

function refused(
  { limits }: Claim,
  { refused: index, retryAfterMs = Number.NaN }: QuotaRefused,
): { readonly key: string; readonly waitMs: number | undefined } {
  const limit = limits[index] ?? limits[0];
  // Until a lease ends is the longest that a place can be waited for, not how long it will be.
  const isKnown = limit?.kind !== 'places' && retryAfterMs >= 0;
  return { key: limit?.key ?? '', waitMs: isKnown ? retryAfterMs : undefined };
}

function ignore(): void {}
