import type { Call } from '../../call.js';
import type { UnaryReply } from '../../reply.js';
import { badOption } from '../../option-checks.js';
import type { RoutePolicy } from '../policy.js';

/** What a cascade's check looks at: an answer of any operation. */
export type CascadeAnswer = Pick<UnaryReply, 'result' | 'usage' | 'meta'>;

/** What makes an answer good enough. */
export interface CascadeOptions {
  /**
   * True for an answer that is good enough. It may ask another model, within the call's deadline. What it throws counts as no: an answer that
   * cannot even be read is not good enough.
   */
  readonly check: (answer: CascadeAnswer, call: Call) => boolean | Promise<boolean>;
  /** Where streams go, whose answer cannot be judged before it is shown: to the `last` target (the largest), or to the `first`. Default `last`. */
  readonly streams?: 'first' | 'last' | undefined;
}

/**
 * Small models first: the targets in their order, each answer judged by `check`, until one is good enough or the last one answers. Bounded by the
 * number of targets, the call's attempts and its deadline; the last answer there is counts when nothing more is allowed, or when larger targets
 * fail. Every answer is paid for: `meta.attempts` has each with its cost.
 *
 * @throws {InferwayError} `configuration` without a check.
 */
export function cascade(options: CascadeOptions): RoutePolicy {
  const { check, streams = 'last' } = options;
  if (typeof check !== 'function') {
    throw badOption('check', 'cascade: no check. Give a function that is true for a good answer.');
  }
  if (streams !== 'first' && streams !== 'last') {
    throw badOption('streams', `cascade: streams is ${String(streams)}; give 'first' or 'last'.`);
  }
  return {
    name: 'cascade',
    rank(candidates, { needs }) {
      const order = candidates.map((candidate) => ({ candidate }));
      return needs.stream && streams === 'last' ? order.toReversed() : order;
    },
    async accepts(answer, call) {
      try {
        return await check(answer, call);
      } catch {
        return false;
      }
    },
  };
}
