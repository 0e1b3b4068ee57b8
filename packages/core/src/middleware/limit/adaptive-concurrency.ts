import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import type { InferwayError } from '../../error.js';
import type { Middleware } from '../../middleware.js';
import { badOption, checkCount, checkShare } from '../../option-checks.js';
import type { Outcome } from '../../outcome.js';
import { abortReason } from '../../signal.js';
import { queueRules, type QueueOptions } from '../queue/queue-options.js';
import { WaitingRoom } from '../queue/waiting-room.js';
import { Aimd, type AimdRules } from './aimd.js';
import { refusal, type MetFigures } from './limit-error.js';
import { tellWait } from './limit-events.js';
import { placed } from './limit-place.js';
import { readScope } from '../../call-scope.js';
import { follow, type StayEnd } from './stay.js';
import { TargetMap } from './target-map.js';

/** Between which bounds the limit moves, and how. All have defaults. */
export interface AdaptiveConcurrencyOptions {
  /** What has a limit of its own. Default `model`. */
  readonly per?: 'provider' | 'model' | 'credential' | ((call: Call) => string) | undefined;
  /** Calls at a time to begin with. Default 20. */
  readonly initial?: number | undefined;
  /** Never more at a time than this. Default 1,000. */
  readonly max?: number | undefined;
  /** What an overload leaves of the limit, above 0 and below 1. Default 0.7. */
  readonly backoff?: number | undefined;
  /** How the calls wait that are too many; `false` refuses them at once. Default: with all defaults. */
  readonly queue?: QueueOptions | false | undefined;
}

/**
 * Finds how many calls a target takes at a time, by what it refuses: 429, 503, 529 and timeouts lower the limit, rounds of successes with all
 * places taken raise it. How long answers take plays no part, since that follows their length. Stands inside of `retry`, like `limitTargets`.
 *
 * @throws {InferwayError} `configuration`, when built, naming the option and the cure.
 */
export function adaptiveConcurrency(options: AdaptiveConcurrencyOptions = {}): Middleware {
  const rules = readRules(options);
  const scope = readScope(OWNER, 'per', options.per ?? 'model');
  const room =
    options.queue === false
      ? undefined
      : new WaitingRoom<Place>(queueRules(OWNER, options.queue ?? {}));
  const targets = new TargetMap(() => new Aimd(rules));
  const met = (target: Aimd): MetFigures => ({
    limit: 'adaptive concurrency',
    unit: 'concurrency',
    per: scope.label,
    max: target.limit,
  });

  const enter = (call: Call): Place | Promise<Place> => {
    if (call.signal.aborted) throw abortReason(call.signal);
    const [key = ''] = scope.valuesOf(call) ?? [];
    const target = targets.of(key);
    const free = (): void => room?.wake(key);
    // Nobody waits while there is room: who frees a place lets them in at once.
    if (target.hasRoom) return new Place(call, target, free);
    if (room === undefined) throw refusal(call, 'target', met(target), 'full', undefined);
    const waiting = room.enter(
      {
        call,
        attempt: () =>
          target.hasRoom
            ? { granted: true, value: new Place(call, target, free) }
            : { granted: false, key, waitMs: undefined },
        undo: (place) => place.undo(),
        refusal: (why, _key, waitMs) => refusal(call, 'target', met(target), why, waitMs),
      },
      key,
      undefined,
    );
    const { limit, unit, per } = met(target);
    tellWait(call, { limit, unit, per }, room.lengthOf(key), undefined, waiting);
    return waiting;
  };

  return placed(async function adaptiveConcurrency(call, next) {
    const entering = enter(call);
    return follow(call, next, entering instanceof Promise ? await entering : entering);
  }, 'target');
}

const OWNER = 'adaptiveConcurrency';

function readRules(options: AdaptiveConcurrencyOptions): AimdRules {
  const max = checkCount(OWNER, 'max', options.max ?? 1000);
  const initial = checkCount(OWNER, 'initial', options.initial ?? Math.min(20, max));
  const backoff = checkShare(OWNER, 'backoff', options.backoff ?? 0.7);
  if (initial > max) {
    throw badOption(
      'initial',
      `${OWNER}: initial (${initial}) is above max (${max}). Lower it, or raise max.`,
    );
  }
  if (backoff === 1) {
    throw badOption(
      'backoff',
      `${OWNER}: backoff is 1, and the limit could never fall. Give a number above 0 and below 1.`,
    );
  }
  return { max, initial, backoff };
}

/** One of the calls that run at a target. */
class Place implements StayEnd {
  readonly #call: Call;
  readonly #target: Aimd;
  readonly #free: () => void;
  readonly #startedAt: number;

  constructor(call: Call, target: Aimd, free: () => void) {
    this.#call = call;
    this.#target = target;
    this.#free = free;
    this.#startedAt = call.state.runtime.clock.now();
    target.start();
  }

  over({ status, error }: Outcome): void {
    const target = this.#target;
    if (status === 'complete') {
      target.succeeded();
    } else if (error !== undefined && isOverload(error)) {
      const now = this.#call.state.runtime.clock.now();
      if (target.overloaded(this.#startedAt, now)) this.#tellLowered();
    } else {
      target.end();
    }
    this.#free();
  }

  undo(): void {
    this.#target.end();
    this.#free();
  }

  #tellLowered(): void {
    const { provider, id } = this.#call.model;
    tell(this.#call, {
      type: 'concurrency-lowered',
      provider,
      model: id,
      limit: this.#target.limit,
    });
  }
}

// What was refused here says nothing of the target, and the caller's own time-out neither.
function isOverload({ code, sent, retryable }: InferwayError): boolean {
  if (code === 'timeout') return retryable;
  return (code === 'rate_limit' || code === 'overloaded') && sent !== 'no';
}
