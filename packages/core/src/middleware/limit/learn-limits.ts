import type { Call } from '../../call.js';
import { InferwayError } from '../../error.js';
import type { Middleware } from '../../middleware.js';
import { checkMs } from '../../option-checks.js';
import type { AnyReply } from '../../reply.js';
import { abortReason } from '../../signal.js';
import { queueRules, type QueueOptions } from '../queue/queue-options.js';
import type { Trial } from '../queue/waiter.js';
import { WaitingRoom } from '../queue/waiting-room.js';
import { Headroom, type Started } from './headroom.js';
import { refusal, type MetFigures } from './limit-error.js';
import { tellWait } from './limit-events.js';
import { placed } from './limit-place.js';
import { TargetMap } from './target-map.js';
import { checkTokenOptions, needReader, type TokenNeed, type TokenOptions } from './token-need.js';

/** How calls wait for what a provider says is left. All have defaults. */
export interface LearnLimitsOptions extends TokenOptions {
  /**
   * How calls wait that the provider would refuse; `false` refuses them at once, so that a pool goes on with its next key. Default: as any
   * queue, but for no longer than 10,000 ms.
   */
  readonly queue?: QueueOptions | false | undefined;
  /** Milliseconds for which a provider's word is taken at most: after them one call finds out how its limit stands. Default 60,000. */
  readonly maxTrustMs?: number | undefined;
}

const OWNER = 'learnLimits';
const MAX_WAIT_MS = 10_000;

interface Entered {
  readonly started: Started;
  readonly need: TokenNeed;
}

/**
 * Keeps to the limits that providers tell of in their answers, before they refuse: what is left for a provider, credential and model, less
 * what was started since. A call that would be refused waits for the reset, or is refused here with `retryAfterMs`. Belongs inside of `auth`,
 * where the credential is known: a pool then goes on with another key.
 *
 * @throws {InferwayError} `configuration`, when built, naming the option and the cure.
 */
export function learnLimits(options: LearnLimitsOptions = {}): Middleware {
  const trust = { maxTrustMs: checkMs(OWNER, 'maxTrustMs', options.maxTrustMs ?? 60_000) };
  const needOf = needReader(OWNER, options, checkTokenOptions(OWNER, options) ?? 0);
  const waiting =
    options.queue === false
      ? undefined
      : queueRules(OWNER, { maxWaitMs: MAX_WAIT_MS, ...options.queue });
  const room = waiting === undefined ? undefined : new WaitingRoom<Entered>(waiting);
  const targets = new TargetMap(() => new Headroom(trust));

  const enter = (call: Call, key: string, headroom: Headroom): Entered | Promise<Entered> => {
    if (call.signal.aborted) throw abortReason(call.signal);
    const { clock } = call.state.runtime;
    const need = needOf(call);
    let unit: keyof Started = 'requests';
    const attempt = (): Trial<Entered> => {
      const now = clock.now();
      const block = headroom.blocks(need, now);
      if (block === undefined) {
        return { granted: true, value: { need, started: headroom.start(need, now) } };
      }
      unit = block.unit;
      return { granted: false, key, waitMs: block.ms };
    };
    const met = (): MetFigures => ({
      limit: 'the provider’s own',
      unit,
      per: 'credential and model',
    });
    let waitMs: number | undefined;
    if (room?.hasLine(key) !== true) {
      const trial = attempt();
      if (trial.granted) return trial.value;
      waitMs = trial.waitMs;
    }
    if (room === undefined) throw refusal(call, 'target', met(), 'full', waitMs);
    const entering = room.enter(
      {
        call,
        attempt,
        undo: (entered) => headroom.failed(entered.need, false, undefined, clock.now()),
        refusal: (why, _key, ms) => refusal(call, 'target', met(), why, ms),
      },
      key,
      waitMs,
    );
    tellWait(call, met(), room.lengthOf(key), waitMs, entering);
    return entering;
  };

  return placed(async function learnLimits(call, next) {
    const key = `${call.model.provider}/${call.model.id} ${call.credential?.id ?? ''}`;
    const headroom = targets.of(key);
    const { clock } = call.state.runtime;
    const entering = enter(call, key, headroom);
    let entered: Entered;
    if (entering instanceof Promise) {
      // Nobody waits for the provider yet: the timers of the attempt begin when the call goes.
      call.progress?.starting?.(waiting?.maxWaitMs ?? 0);
      entered = await entering;
      call.progress?.starting?.(0);
    } else {
      entered = entering;
    }
    const { started, need } = entered;
    try {
      const reply: AnyReply = await next(call);
      headroom.answered(started, reply.meta.rateLimit, clock.now());
      return reply;
    } catch (reason) {
      const error = InferwayError.from(reason);
      headroom.failed(need, error.sent !== 'no', refusedFor(error), clock.now());
      throw reason;
    } finally {
      room?.wake(key);
    }
  }, 'target');
}

function refusedFor({ code, sent, retryAfterMs }: InferwayError): number | undefined {
  const refused = (code === 'rate_limit' || code === 'overloaded') && sent !== 'no';
  return refused ? retryAfterMs : undefined;
}
