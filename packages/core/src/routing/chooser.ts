import type { Call } from '../call.js';
import type { Clock } from '../clock.js';
import { InferwayError } from '../error.js';
import { formatModel } from '../model.js';
import { routeRules, type RouteRules } from '../route-rules.js';
import { arrange } from './arrange.js';
import { AskedToWait } from './asked-to-wait.js';
import type { Candidate } from './candidate.js';
import type { Choice, Choosing, LeftOut, Placed } from './choice.js';
import { expectedCost } from './expected-cost.js';
import { speedKey } from './exchange.js';
import { lackOf, type Lack } from './lacks.js';
import { Needs } from './needs.js';
import { noRoute, noTarget } from './no-target.js';
import type { Question } from './policy.js';
import { AUTO, ROUTE } from './read-routes.js';
import type { RoutePlan } from './route-plan.js';
import type { RouterSettings } from './router-settings.js';
import { readRules, type Rules } from './rules.js';
import { stickyKey } from './sticky.js';

/** Makes the choices of a router. */
export class Chooser {
  /** Calls in flight by target. */
  readonly inFlight: Map<string, number> = new Map<string, number>();
  /** Targets that asked to be left alone for a while. */
  readonly waits: AskedToWait = new AskedToWait();
  readonly #settings: RouterSettings;
  readonly #callRules = new WeakMap<RouteRules, readonly Rules[]>();

  constructor(settings: RouterSettings) {
    this.#settings = settings;
  }

  /** The plan of a call to `route/…` or `auto/…`. @throws {InferwayError} `not_found` for a route that is none. */
  planOf(call: Call): RoutePlan {
    const { provider, id } = call.model;
    const { plans, auto } = this.#settings;
    if (provider === ROUTE) {
      const plan = plans.get(id);
      if (plan === undefined) throw noRoute(call, [...plans.keys()]);
      return plan;
    }
    if (provider !== AUTO) {
      throw new InferwayError('invalid_request', {
        message: `${formatModel(call.model)} is no route: there is nothing to choose. Name "${ROUTE}/…" or "${AUTO}/…".`,
        param: 'model',
      });
    }
    if (auto === undefined) {
      throw new InferwayError('configuration', {
        message: `"${AUTO}/…" needs providers to ask, and the router has none. Give it the client's: createRouter({ providers, … }).`,
        param: 'providers',
      });
    }
    return {
      ...auto,
      name: `${AUTO}/${id}`,
      rules: undefined,
      members: [{ kind: 'auto', id, weight: 1 }],
    };
  }

  /** The rules of the call itself. @throws {InferwayError} `configuration` for rules that no target can meet. */
  callRules(call: Call): readonly Rules[] {
    const given = call.state.get(routeRules);
    if (given === undefined) return [];
    let read = this.#callRules.get(given);
    if (read === undefined) {
      const rules = readRules(given, 'routeRules of the call');
      read = rules === undefined ? [] : [rules];
      this.#callRules.set(given, read);
    }
    return read;
  }

  /** What is decided with what is known now. Sends nothing and remembers nothing. */
  choose(call: Call, plan: RoutePlan, clock: Clock): Choice {
    const { auto, directory, discovered, typicalOutput } = this.#settings;
    const route = plan.name;
    const needs = new Needs(call, typicalOutput);
    const question = this.#question(call, route, needs, clock);
    const leftOut = new Map<string, LeftOut>();
    const leaveOut = (target: LeftOut): void => void leftOut.set(target.name, target);
    const above = this.callRules(call);
    const choosing: Choosing = {
      call,
      question,
      found: (id) => discovered.find(id, leaveOut),
      lack: (candidate) => this.#lackOf(candidate, needs),
      resting: (candidate) => this.#restingOf(candidate, call, clock.now()),
      auto,
      leaveOut,
    };
    const arranged = arrange(plan, choosing, above);
    for (const { candidate } of arranged) leftOut.delete(candidate.name);
    const { order, reason, key } = this.#stuck(call, plan, arranged, clock.now());
    const own = plan.rules ?? (call.model.provider === AUTO ? auto?.rules : undefined);
    return {
      plan,
      route,
      order,
      leftOut: [...leftOut.values()],
      unasked: plan.discovers ? directory.unasked : [],
      needs,
      rules: own === undefined ? above : [...above, own],
      stickyKey: key,
      reason,
    };
  }

  /** The error for a choice without a target. */
  refusal(choice: Choice, call: Call): InferwayError {
    const hints = choice.leftOut.length === 0 ? this.#settings.discovered.like(call.model.id) : [];
    return noTarget(choice, hints);
  }

  #question(call: Call, route: string, needs: Needs, clock: Clock): Question {
    const { prices, speeds } = this.#settings;
    return {
      call,
      route,
      needs,
      clock,
      cost: (candidate) => expectedCost(prices, candidate, needs, clock.wallTime()),
      inFlight: ({ name }) => this.inFlight.get(name) ?? 0,
      speed: ({ name }) => speeds.read(speedKey(call.operation, name), clock.now()),
    };
  }

  #lackOf(candidate: Candidate, needs: Needs): Lack | undefined {
    const provider = this.#settings.providers?.get(candidate.model.provider);
    const has =
      provider === undefined || typeof (provider as never)[needs.operation] === 'function';
    return lackOf(candidate.facts, needs, has);
  }

  #restingOf({ name, model }: Candidate, call: Call, now: number): string | undefined {
    if (this.waits.waits(name, call, now)) return 'it asked to wait';
    return this.#settings.resting?.(model, { ...call, model });
  }

  // The target of the session, or of the conversation, comes first as long as it is well.
  #stuck(
    call: Call,
    plan: RoutePlan,
    arranged: readonly Placed[],
    now: number,
  ): { order: readonly Placed[]; reason: string; key: Choice['stickyKey'] } {
    const [first] = arranged;
    const usual = first?.why ?? usualReason(arranged);
    if (plan.policy.accepts !== undefined)
      return { order: arranged, reason: usual, key: undefined };
    const key = stickyKey(call, plan.name, plan.conversations);
    const last = key && plan.sticky.read(key, now);
    const found = arranged.find(({ candidate }) => candidate.name === last);
    if (key === undefined || found === undefined || found.resting !== undefined) {
      return { order: arranged, reason: usual, key };
    }
    const order = found === first ? arranged : [found, ...arranged.filter((one) => one !== found)];
    return { order, reason: key.forced ? 'session' : 'sticky', key };
  }
}

function usualReason(arranged: readonly Placed[]): string {
  if (arranged.length === 1) return 'only';
  return arranged[0]?.resting === undefined ? 'policy' : 'all resting';
}
