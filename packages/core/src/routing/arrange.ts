import type { Candidate } from './candidate.js';
import { Group, type Choosing, type Placed } from './choice.js';
import type { Ranked, RoutePolicy } from './policy.js';
import type { RoutePlan } from './route-plan.js';
import type { Rules } from './rules.js';

/** The targets of a plan that may serve the call, in the order of its policy: the healthy ones, then those that rest. */
export function arrange(
  plan: RoutePlan,
  choosing: Choosing,
  above: readonly Rules[],
): readonly Placed[] {
  const rules = plan.rules === undefined ? above : [...above, plan.rules];
  const entries = new Map<Candidate, readonly Placed[]>();
  for (const member of plan.members) {
    if (member.kind === 'target') {
      const placed = place(member.target, choosing, rules);
      if (placed !== undefined) entries.set(member.target, [placed]);
    } else if (member.kind === 'auto') {
      for (const placed of discovered(member.id, plan, choosing, rules)) {
        entries.set(placed.candidate, [placed]);
      }
    } else {
      const [first, ...others] = arrange(member.plan, choosing, rules);
      if (first === undefined) continue;
      const group = new Group([first, ...others], member.weight);
      entries.set(group, group.members);
    }
  }
  return onceEach(ordered(plan.policy, entries, choosing));
}

// All that serve the model, each by itself, so that the route's policy can tell them apart; where it does not, discovery's own order stays.
function discovered(
  id: string,
  { policy }: RoutePlan,
  choosing: Choosing,
  rules: readonly Rules[],
): readonly Placed[] {
  const { auto, question } = choosing;
  const kept = auto?.rules === undefined ? rules : [...rules, auto.rules];
  const found = choosing.found(id).flatMap((one) => place(one, choosing, kept) ?? []);
  if (auto === undefined || auto.policy === policy || found.length < 2) return found;
  const order = auto.policy.rank(
    found.map(({ candidate }) => candidate),
    question,
  );
  return order.flatMap(({ candidate }) => found.find((one) => one.candidate === candidate) ?? []);
}

function place(
  candidate: Candidate,
  choosing: Choosing,
  rules: readonly Rules[],
): Placed | undefined {
  const { name, model, tags } = candidate;
  for (const rule of rules) {
    const why = rule.broken(model, tags);
    if (why === undefined) continue;
    choosing.leaveOut({ name, why, what: undefined });
    return undefined;
  }
  const lack = choosing.lack(candidate);
  if (lack === undefined) return { candidate, rules, resting: choosing.resting(candidate) };
  choosing.leaveOut({ name, ...lack });
  return undefined;
}

function* ordered(
  policy: RoutePolicy,
  entries: ReadonlyMap<Candidate, readonly Placed[]>,
  { question, leaveOut }: Choosing,
): Iterable<Placed> {
  const well: Candidate[] = [];
  const resting: Candidate[] = [];
  for (const [candidate, [first]] of entries) {
    (first?.resting === undefined ? well : resting).push(candidate);
  }
  for (const candidates of [well, resting]) {
    if (candidates.length === 0) continue;
    const left = new Set(candidates);
    for (const ranked of policy.rank(candidates, question)) {
      // What was not among the candidates is none, whatever a policy says.
      if (!left.delete(ranked.candidate)) continue;
      const [first, ...others] = entries.get(ranked.candidate) ?? [];
      if (first !== undefined) yield withRank(first, ranked);
      yield* others;
    }
    for (const { name } of left) {
      leaveOut({ name, why: `the policy (${policy.name}) leaves it out`, what: undefined });
    }
  }
}

function withRank(placed: Placed, { score, why }: Ranked): Placed {
  return score === undefined && why === undefined ? placed : { ...placed, score, why };
}

// A target that several members of a route lead to is tried once, where it comes first. Those that rest come after all others, also those of a group.
function onceEach(placed: Iterable<Placed>): readonly Placed[] {
  const seen = new Set<string>();
  const well: Placed[] = [];
  const resting: Placed[] = [];
  for (const one of placed) {
    if (seen.has(one.candidate.name)) continue;
    seen.add(one.candidate.name);
    (one.resting === undefined ? well : resting).push(one);
  }
  return resting.length === 0 ? well : [...well, ...resting];
}
