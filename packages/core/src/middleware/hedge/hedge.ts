import type { Call } from '../../call.js';
import type { InferwayError } from '../../error.js';
import type { Middleware } from '../../middleware.js';
import { formatModel, type Model } from '../../model.js';
import type { Operation } from '../../operations.js';
import { hasProviderTools } from '../../operations/runs-at-provider.js';
import { badOption, checkCount, checkFunction, checkMs, checkShare } from '../../option-checks.js';
import { readTargets, type Target } from '../target-list.js';
import { hedgeDelay, type LearnedDelay } from './hedge-delay.js';
import { delayKey, HedgeRace, type RaceRules } from './hedge-race.js';
import { HedgeShare } from './hedge-share.js';
import './hedge-events.js';

/** When copies are sent, where to, and how many. All have defaults. */
export interface HedgeOptions {
  /** Milliseconds after which the next copy is sent, fixed or learned from the target's recent calls. Default `{ percentile: 0.95 }`. */
  readonly delayMs?: number | LearnedDelay | undefined;
  /** Copies in all, the call itself included. Default 2. */
  readonly attempts?: number | undefined;
  /** Where the further copies go, in this order; the asked model is left out. Default: where the call goes. */
  readonly targets?: readonly (string | Model)[] | undefined;
  /** Further copies over all calls, as a share of the calls. Default 0.1. */
  readonly share?: number | undefined;
  /** With less time than this until the call's deadline no copy is sent. Default: the delay. */
  readonly minRemainingMs?: number | undefined;
  /** Whether an error of the asked model ends the call at once. Default: one that neither another try nor another target can cure. */
  readonly fatal?: ((error: InferwayError, call: Call) => boolean) | undefined;
  /** The operations that may be asked twice. Default: chat, complete, embed, rerank and countTokens. */
  readonly operations?: readonly Operation[] | undefined;
}

// What makes a file, or does whatever a provider's own call does, is asked twice only by those who say so.
const ASKED_TWICE: readonly Operation[] = ['chat', 'complete', 'embed', 'rerank', 'countTokens'];

/**
 * Sends a second copy of a call that takes longer than such calls do, and takes the answer that comes first; the others are cancelled at once.
 * What a copy costs is paid also where it loses. Only unary calls: a stream has its first event to be judged by, and passes untouched, as do
 * chats whose tools the provider runs. Bounded by the call's attempt budget, by a share of all calls, and by the deadline.
 *
 * When all copies fail, the error of the call itself is thrown; its `attempts` holds those of all copies.
 *
 * @throws {InferwayError} `configuration`, when built, for options that cannot work.
 */
export function hedge(options: HedgeOptions = {}): Middleware {
  const { minRemainingMs, operations = ASKED_TWICE } = options;
  const attempts = checkCount('hedge', 'attempts', options.attempts ?? 2);
  if (attempts === 1) {
    throw badOption(
      'attempts',
      'hedge: attempts is 1, so no copy would ever be sent. Give 2 or more, or leave the layer out.',
    );
  }
  const targets = options.targets === undefined ? undefined : readTargets(options.targets, 'hedge');
  if (targets !== undefined && targets.length < attempts - 1) {
    throw badOption(
      'targets',
      `hedge: attempts is ${attempts}, but there are targets for ${targets.length} further copies only. Name more, or lower attempts.`,
    );
  }
  if (!Array.isArray(operations) || operations.length === 0) {
    throw badOption(
      'operations',
      'hedge: operations names none. Name at least one, or leave it out.',
    );
  }
  const rules: RaceRules = {
    attempts,
    delay: hedgeDelay(options.delayMs ?? { percentile: 0.95 }),
    share: new HedgeShare(checkShare('hedge', 'share', options.share ?? 0.1)),
    minRemainingMs:
      minRemainingMs === undefined ? undefined : checkMs('hedge', 'minRemainingMs', minRemainingMs),
    fatal: checkFunction('hedge', 'fatal', options.fatal) ?? isFatal,
  };

  const hedge: Middleware = async function hedge(call, next) {
    if (call.stream || hasProviderTools(call)) return next(call);
    rules.share.earn();
    const key = delayKey(call, call.model);
    const delayMs = rules.delay.of(key);
    const others = targets === undefined ? undefined : without(targets, call.model);
    if (delayMs === undefined || others?.length === 0) {
      const { clock } = call.state.runtime;
      const sentAt = clock.now();
      const reply = await next(call);
      rules.delay.note(key, clock.now() - sentAt);
      return reply;
    }
    return new HedgeRace(call, next, rules, others, delayMs).run();
  };
  return Object.assign(hedge, { operations });
}

// A budget or limit of the caller's own may refuse one copy and not the others.
function isFatal(error: InferwayError): boolean {
  return !error.retryable && !error.fallbackable && error.code !== 'budget';
}

function without(targets: readonly Target[], asked: Model): readonly Model[] {
  const name = formatModel(asked);
  return targets.filter((target) => target.name !== name).map(({ model }) => model);
}
