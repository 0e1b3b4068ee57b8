import { badOption } from '../option-checks.js';
import type { RoutePlan } from './route-plan.js';
import type { Rules } from './rules.js';
import type { Target } from './target.js';

/** Refuses a route that could never serve a call: no target meets its rules, or none has a share. */
export function refuseIdle(plan: RoutePlan, where: string): void {
  if (plan.policy.name === 'weighted' && plan.members.every((member) => weightOf(member) === 0)) {
    throw badOption('weight', `${where}: all weights are 0. Give at least one target a share.`);
  }
  if (plan.discovers) return;
  const broken: string[] = [];
  for (const { target, rules } of leavesOf(plan, [])) {
    const why = rules.map((rule) => rule.broken(target.model, target.tags)).find(Boolean);
    if (why === undefined) return;
    broken.push(`${target.name}: ${why}`);
  }
  throw badOption(
    'require',
    `${where}: no target meets what it requires (${broken.join('; ')}). Tag a target, or require less.`,
  );
}

function weightOf(member: RoutePlan['members'][number]): number {
  return member.kind === 'target' ? member.target.weight : member.weight;
}

function* leavesOf(
  plan: RoutePlan,
  above: readonly Rules[],
): Iterable<{ readonly target: Target; readonly rules: readonly Rules[] }> {
  const rules = plan.rules === undefined ? above : [...above, plan.rules];
  for (const member of plan.members) {
    if (member.kind === 'target') yield { target: member.target, rules };
    else if (member.kind === 'route') yield* leavesOf(member.plan, rules);
  }
}
