import { formatModel, parseModel, type Model } from '../model.js';
import { badOption, checkFunction } from '../option-checks.js';
import { preferred } from './policies/preferred.js';
import { readPolicy, type RoutePolicy } from './policy.js';
import { refuseIdle } from './refuse-idle.js';
import type { ChoiceOptions, DescribedTarget, RouteOptions, RouteTarget } from './route-options.js';
import type { Member, RoutePlan } from './route-plan.js';
import { readRules } from './rules.js';
import { Sticky } from './sticky.js';
import type { Tags } from './candidate.js';
import type { TargetFacts } from './facts.js';
import { readTags } from './tag-book.js';
import type { Target } from './target.js';

/** What reading needs to know of the rest of the router. */
export interface Surroundings {
  /** Makes a target, or throws where it cannot be one. */
  target(model: Model, described: DescribedTarget, where: string): Target;
  /** Throws where nothing can be discovered. */
  refuseAuto(where: string): void;
  /** Throws for a pattern that is about nobody. */
  refusePatterns(options: ChoiceOptions, where: string): void;
}

export const ROUTE = 'route';
export const AUTO = 'auto';

/** Reads all routes. @throws {InferwayError} `configuration` naming the route, what is wrong with it, and the cure. */
export function readRoutes(
  given: Readonly<Record<string, RouteOptions>>,
  around: Surroundings,
): ReadonlyMap<string, RoutePlan> {
  const plans = new Map<string, RoutePlan>();
  const routes = new Map(Object.entries(given));

  // `path` holds the routes that led here: a route that comes up in it again has no end.
  const read = (name: string, path: readonly string[]): RoutePlan => {
    const known = plans.get(name);
    if (known !== undefined) return known;
    const where = `route "${name}"`;
    checkName(name, where);
    const options = routes.get(name) as RouteOptions;
    if (!Array.isArray(options?.targets) || options.targets.length === 0) {
      throw badOption('targets', `${where}: it has no target. Name at least one model.`);
    }
    const members = options.targets.map((target, index) =>
      readMember(target, `${where}, target ${index + 1}`, [...path, name]),
    );
    refuseTwice(members, where);
    const plan = {
      ...choiceOf(options, `${ROUTE}/${name}`, around),
      members,
      discovers: members.some(discovers),
    };
    refuseIdle(plan, where);
    plans.set(name, plan);
    return plan;
  };

  const readMember = (given: RouteTarget, where: string, path: readonly string[]): Member => {
    const described = describedOf(given);
    const weight = checkWeight(described.weight ?? 1, where);
    const model = readModel(described.model, where);
    if (model.provider !== ROUTE && model.provider !== AUTO) {
      readTags((described.tags ?? {}) as Tags, where);
      return { kind: 'target', target: around.target(model, described, where) };
    }
    refuseDescription(described, formatModel(model), where);
    if (model.provider === AUTO) {
      around.refuseAuto(where);
      return { kind: 'auto', id: model.id, weight };
    }
    return { kind: 'route', plan: readOther(model.id, where, path), weight };
  };

  const readOther = (name: string, where: string, path: readonly string[]): RoutePlan => {
    if (path.includes(name)) {
      const circle = [...path.slice(path.indexOf(name)), name].join(' → ');
      throw badOption(
        'targets',
        `${where}: the routes go in a circle: ${circle}. Take one of them out.`,
      );
    }
    if (!routes.has(name)) {
      throw badOption(
        'targets',
        `${where}: there is no route "${name}". Known: ${[...routes.keys()].join(', ')}.`,
      );
    }
    const plan = read(name, path);
    if (plan.policy.accepts === undefined) return plan;
    throw badOption(
      'targets',
      `${where}: route "${name}" judges its answers (${plan.policy.name}), which only a route that is called itself can do. List its targets instead.`,
    );
  };

  for (const name of routes.keys()) read(name, []);
  return plans;
}

/** The part of a plan that routes and discovery have in common. */
export function choiceOf(
  options: ChoiceOptions,
  name: string,
  around: Surroundings,
  byDefault: () => RoutePolicy = preferred,
): Omit<RoutePlan, 'members' | 'discovers'> {
  around.refusePatterns(options, name);
  const policy = readPolicy(options.policy ?? byDefault());
  if (typeof policy?.rank !== 'function' || typeof policy.name !== 'string') {
    throw badOption(
      'policy',
      `${name}: the policy is none. Give one such as cheapest(), or an object with name and rank.`,
    );
  }
  const { sticky = false } = options;
  if (sticky !== false && policy.accepts !== undefined) {
    throw badOption(
      'sticky',
      `${name}: ${policy.name} begins with the first target each time, and sticky would begin with the last one that answered. Leave one of the two out.`,
    );
  }
  return {
    name,
    policy,
    rules: readRules(options, name),
    sticky: new Sticky(typeof sticky === 'object' ? sticky : {}, name),
    conversations: sticky !== false,
    on: checkFunction(name, 'on', options.on),
  };
}

function refuseTwice(members: readonly Member[], where: string): void {
  const seen = new Set<string>();
  for (const member of members) {
    const name =
      member.kind === 'target'
        ? member.target.name
        : member.kind === 'auto'
          ? `${AUTO}/${member.id}`
          : member.plan.name;
    if (seen.has(name)) {
      throw badOption(
        'targets',
        `${where}: "${name}" is named twice. Name it once, with a weight where it is to have a larger share.`,
      );
    }
    seen.add(name);
  }
}

function discovers(member: Member): boolean {
  return member.kind === 'auto' || (member.kind === 'route' && member.plan.discovers);
}

function describedOf(target: RouteTarget): DescribedTarget {
  return typeof target === 'object' && target !== null && 'model' in target
    ? target
    : { model: target };
}

/** Reads a model of the router's options. */
export function readModel(model: string | Model, where: string): Model {
  try {
    return parseModel(model);
  } catch (cause) {
    throw badOption(
      'targets',
      `${where}: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
}

function checkName(name: string, where: string): void {
  try {
    parseModel(`${ROUTE}/${name}`);
  } catch {
    throw badOption(
      'routes',
      `${where}: this is no name that a call could write as "${ROUTE}/${name}". Use letters, digits and "-".`,
    );
  }
}

function checkWeight(weight: number, where: string): number {
  if (Number.isFinite(weight) && weight >= 0) return weight;
  throw badOption('weight', `${where}: weight is ${weight}; give a number of 0 or more.`);
}

// What is said of one target cannot be said of those that a name stands for.
function refuseDescription(
  { tags, facts }: { readonly tags?: Tags | undefined; readonly facts?: TargetFacts | undefined },
  name: string,
  where: string,
): void {
  if (tags === undefined && facts === undefined) return;
  throw badOption(
    tags === undefined ? 'facts' : 'tags',
    `${where}: "${name}" stands for other targets and has no tags or facts of its own. Describe those, or use the router's tags.`,
  );
}
