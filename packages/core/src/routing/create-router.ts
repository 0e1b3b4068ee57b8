import type { Call } from '../call.js';
import { tell } from '../chain-events.js';
import { systemClock, type Clock } from '../clock.js';
import type { InferwayError } from '../error.js';
import { inTurn } from '../in-turn.js';
import type { Next } from '../middleware.js';
import type { Model } from '../model.js';
import type { AnyReply, UnaryReply } from '../reply.js';
import { routeRules } from '../route-rules.js';
import { untilAborted } from '../signal.js';
import { allowOnly } from '../target-rule.js';
import type { Choice, Placed } from './choice.js';
import { Chooser } from './chooser.js';
import { dryCall, type ExplainOptions } from './dry-call.js';
import { Exchange } from './exchange.js';
import { explained, type Explanation } from './explanation.js';
import { AUTO, ROUTE } from './read-routes.js';
import type { RouterOptions } from './route-options.js';
import type { RoutePlan } from './route-plan.js';
import { readRouter, type RouterSettings } from './router-settings.js';
import type { Rules } from './rules.js';

declare module '../chain-events.js' {
  interface ChainEvents {
    /** A router decided where the call goes. */
    readonly route: {
      readonly route: string;
      /** `provider/model`, the first that is tried. */
      readonly chosen: string;
      readonly policy: string;
      /** How many may serve the call. */
      readonly candidates: number;
      /** See `Explanation.reason`. */
      readonly reason: string;
      /** Providers that discovery has no listing of, where there are any. */
      readonly unasked?: readonly string[];
    };
    /** A cascade judged an answer. */
    readonly cascade: {
      readonly route: string;
      readonly target: string;
      readonly accepted: boolean;
    };
  }
}

/** Resolves `route/…` and `auto/…`. Its middleware is `route(router)`. */
export interface Router {
  /** Sends a call on: to the targets of the route that it names; where it names a model, to that one, by the call's own rules. */
  send(call: Call, next: Next): Promise<AnyReply>;
  /**
   * What would be done with a call, and why. Nothing is sent to a model; providers may be asked what they serve.
   *
   * @param model `route/fast`, `auto/some-model`. @param request As a call of the client takes it.
   * @throws {InferwayError} As a call would, but for a call that no target may serve: that is explained.
   */
  explain(model: string | Model, request: object, options?: ExplainOptions): Promise<Explanation>;
  /** Ends the discovery that is on its way. */
  close(): void;
}

/**
 * Makes a router: filters (what the call needs, tags, allow and deny), then a policy that orders what is left. All of it is checked here.
 *
 * @throws {InferwayError} `configuration` naming the option, what is wrong with it, and the cure.
 */
export function createRouter(options: RouterOptions): Router {
  return new ChainRouter(readRouter(options), options.clock);
}

class ChainRouter implements Router {
  readonly #settings: RouterSettings;
  readonly #chooser: Chooser;
  readonly #given: Clock | undefined;
  #clock: Clock;

  constructor(settings: RouterSettings, clock: Clock | undefined) {
    this.#settings = settings;
    this.#chooser = new Chooser(settings);
    this.#given = clock;
    this.#clock = clock ?? systemClock;
  }

  send(call: Call, next: Next): Promise<AnyReply> {
    const { provider } = call.model;
    if (provider === ROUTE || provider === AUTO) return this.#route(call, next);
    return call.state.get(routeRules) === undefined ? next(call) : this.#direct(call, next);
  }

  // The call names its model; what it requires, it requires of that one and of whatever takes its place.
  async #direct(call: Call, next: Next): Promise<AnyReply> {
    this.#hold(call, this.#chooser.callRules(call), undefined);
    return next(call);
  }

  async #route(call: Call, next: Next): Promise<AnyReply> {
    this.#clock = this.#given ?? call.state.runtime.clock;
    const plan = this.#chooser.planOf(call);
    const ready = this.#settings.directory.ready(this.#clock);
    if (ready !== undefined && plan.discovers) await untilAborted(ready, call.signal);
    const choice = this.#chooser.choose(call, plan, this.#clock);
    const [first, ...others] = choice.order;
    // Also for layers further out, which may go on to other models.
    this.#hold(call, choice.rules, choice);
    if (first === undefined) throw this.#chooser.refusal(choice, call);
    const { reason, order, route, unasked } = choice;
    tell(call, {
      type: 'route',
      route,
      chosen: first.candidate.name,
      policy: plan.policy.name,
      candidates: order.length,
      reason,
      ...(unasked.length === 0 ? {} : { unasked: unasked.map((one) => one.provider) }),
    });
    return this.#goThrough(call, choice, [turn(first), ...others.map(turn)], next);
  }

  async explain(
    model: string | Model,
    request: object,
    options: ExplainOptions = {},
  ): Promise<Explanation> {
    const { directory, providers } = this.#settings;
    const call = await dryCall(model, request, options, this.#clock, providers);
    const plan = this.#chooser.planOf(call);
    const ready = directory.ready(this.#clock);
    if (ready !== undefined) await untilAborted(ready, call.signal);
    return explained(this.#chooser.choose(call, plan, this.#clock), this.#chooser.inFlight);
  }

  close(): void {
    this.#settings.directory.close();
  }

  #goThrough(
    call: Call,
    choice: Choice,
    turns: readonly [Turn, ...Turn[]],
    next: Next,
  ): Promise<AnyReply> {
    const { plan, route } = choice;
    const { policy } = plan;
    return inTurn<Turn>(call, turns, {
      send: (named, { placed }) => this.#reach(named, placed, choice, next),
      leadsTo: (to, error, from, named) => leadsOn(plan, to.placed, from.placed, error, named),
      accepts:
        policy.accepts === undefined
          ? undefined
          : async (reply, { placed }, named) => {
              const accepted = (await policy.accepts?.(reply as UnaryReply, named)) !== false;
              tell(call, { type: 'cascade', route, target: placed.candidate.name, accepted });
              return accepted;
            },
    });
  }

  async #reach(call: Call, placed: Placed, choice: Choice, next: Next): Promise<AnyReply> {
    const { candidate, rules } = placed;
    const { stickyKey: key, plan } = choice;
    // Rules of a route within the route hold while its targets are tried.
    const own = rules.filter((rule) => !choice.rules.includes(rule));
    const release = own.length === 0 ? undefined : this.#hold(call, own, choice);
    const exchange = new Exchange(call, candidate.name, {
      clock: this.#clock,
      speeds: this.#settings.speeds,
      inFlight: this.#chooser.inFlight,
      waits: this.#chooser.waits,
      sticky: key && { book: plan.sticky, key },
    });
    try {
      const reply: AnyReply = await next(call);
      exchange.answered(reply);
      return reply;
    } catch (reason) {
      exchange.failed(reason);
      throw reason;
    } finally {
      release?.();
    }
  }

  /** Keeps rules for whatever serves the call from now on. */
  #hold(call: Call, rules: readonly Rules[], choice: Choice | undefined): () => void {
    if (rules.length === 0) return nothing;
    const { tags } = this.#settings;
    return allowOnly(call.state, (model) => {
      const known = choice?.order.find(({ candidate }) => isModel(candidate.model, model));
      const its = known?.candidate.tags ?? tags.of(model);
      for (const rule of rules) {
        const why = rule.broken(model, its);
        if (why !== undefined) return why;
      }
      return undefined;
    });
  }
}

interface Turn {
  readonly model: Model;
  readonly placed: Placed;
}

function turn(placed: Placed): Turn {
  return { model: placed.candidate.model, placed };
}

// A full window leads only to one that is known to be larger. Its targets were named as equals, from lists that age: a provider that has the
// model no more leads to the next, but neither a provider that nobody has here, nor the result of paid work that is gone.
function leadsOn(
  { on }: RoutePlan,
  to: Placed,
  from: Placed,
  error: InferwayError,
  call: Call,
): boolean {
  if (on !== undefined) return on(error, call);
  if (error.code === 'not_found' && error.provider !== undefined && error.sent !== 'maybe') {
    return true;
  }
  if (error.code !== 'context_length') return error.fallbackable;
  const larger = to.candidate.facts.contextLength;
  const full = from.candidate.facts.contextLength;
  return larger !== undefined && full !== undefined && larger > full;
}

function isModel(one: Model, other: Model): boolean {
  return one.id === other.id && one.provider === other.provider;
}

function nothing(): void {
  // There was nothing to hold.
}
