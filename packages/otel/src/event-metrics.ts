import type { ChainEvent } from '@inferway/core';
import type { EventLabels } from './event-labels.js';
import type { EventOf, EventType } from './event-types.js';
import type { OwnCounter } from './own-instruments.js';
import * as names from './metric-label-names.js';
import { ERROR_TYPE } from './semconv.js';

/** Takes the measurements of one event. */
export interface EventRecorder {
  add(name: OwnCounter, labels: Readonly<Record<string, string>>, amount?: number): void;
  waited(seconds: number, labels: Readonly<Record<string, string>>): void;
}

type Count<T extends EventType> = (
  event: EventOf<T>,
  recorder: EventRecorder,
  labels: EventLabels,
  target: string,
) => void;

const NANOS = 1e9;

/** What is measured of each event. Labels are words of closed lists, names of the configuration, and targets, all bounded; never users, tenants or keys. */
const COUNTS: { readonly [T in EventType]?: Count<T> } = {
  retry: ({ target, reason }, recorder, labels) =>
    recorder.add('inferway.retries', { ...labels.target(target), [ERROR_TYPE]: reason }),
  fallback: ({ from, to, reason }, recorder, labels) =>
    recorder.add('inferway.fallbacks', {
      ...labels.target(to),
      // What does not exist is whatever a caller wrote.
      [names.FROM]: labels.targetName(from, reason !== 'not_found'),
      [ERROR_TYPE]: reason,
    }),
  route: ({ route, chosen, policy }, recorder, labels) =>
    recorder.add('inferway.routes', {
      ...labels.target(chosen),
      [names.ROUTE]: labels.route(route),
      [names.POLICY]: labels.name(policy),
    }),
  cascade({ route, target, accepted }, recorder, labels) {
    if (accepted) return;
    const own = { ...labels.target(target), [names.ROUTE]: labels.route(route) };
    recorder.add('inferway.route.rejections', own);
  },
  cache({ kind, result, savedNanoUsd }, recorder) {
    recorder.add('inferway.cache.lookups', { [names.KIND]: kind, [names.RESULT]: result });
    if (savedNanoUsd !== undefined) {
      recorder.add('inferway.cache.saved', { [names.KIND]: kind }, savedNanoUsd / NANOS);
    }
  },
  'cache-refresh': ({ result, code }, recorder) =>
    recorder.add('inferway.cache.refreshes', { [names.RESULT]: result, ...errorType(code) }),
  'cache-store': ({ operation, problem }, recorder) =>
    recorder.add('inferway.cache.store_problems', {
      [names.STORE_OPERATION]: operation,
      [names.PROBLEM]: problem,
    }),
  'semantic-embed': ({ result, code }, recorder) =>
    recorder.add('inferway.semantic.embeds', { [names.RESULT]: result, ...errorType(code) }),
  'semantic-refused': ({ reason }, recorder) =>
    recorder.add('inferway.semantic.refusals', { [names.REASON]: reason }),
  'prompt-cache'({ savedNanoUsd, surchargeNanoUsd }, recorder, labels, target) {
    const own = labels.target(target);
    if (savedNanoUsd) recorder.add('inferway.prompt_cache.saved', own, savedNanoUsd / NANOS);
    if (surchargeNanoUsd) {
      recorder.add('inferway.prompt_cache.surcharge', own, surchargeNanoUsd / NANOS);
    }
  },
  idempotency: ({ result }, recorder) =>
    recorder.add('inferway.idempotency.calls', { [names.RESULT]: result }),
  'idempotency-store': ({ operation, problem }, recorder) =>
    recorder.add('inferway.idempotency.store_problems', {
      [names.STORE_OPERATION]: operation,
      [names.PROBLEM]: problem,
    }),
  coalesced: (_event, recorder) => recorder.add('inferway.coalesced', {}),
  hedge: ({ target, reason }, recorder, labels) =>
    recorder.add('inferway.hedges', { ...labels.target(target), [names.REASON]: reason }),
  'hedge-won': ({ target }, recorder, labels) =>
    recorder.add('inferway.hedge.wins', labels.target(target)),
  resume: ({ target, mode, error }, recorder, labels) =>
    recorder.add('inferway.resumes', {
      ...labels.target(target),
      [names.MODE]: mode,
      [ERROR_TYPE]: error,
    }),
  breaker: ({ target, state, reason }, recorder, labels) =>
    recorder.add('inferway.breaker.transitions', {
      ...labels.target(target),
      [names.STATE]: state,
      [names.REASON]: labels.name(reason),
    }),
  'breaker-refused': ({ target, state }, recorder, labels) =>
    recorder.add('inferway.breaker.refusals', { ...labels.target(target), [names.STATE]: state }),
  panic: ({ target }, recorder, labels) =>
    recorder.add('inferway.breaker.panics', labels.target(target)),
  'limit-waited': ({ limit, unit, per, waitedMs, admitted }, recorder, labels) =>
    recorder.waited(waitedMs / 1000, {
      [names.LIMIT]: labels.name(limit),
      [names.UNIT]: unit,
      [names.PER]: labels.name(per),
      [names.RESULT]: admitted ? 'admitted' : 'left',
    }),
  'limit-refused': ({ limit, unit, per, reason }, recorder, labels) =>
    recorder.add('inferway.limit.refusals', {
      [names.LIMIT]: labels.name(limit),
      [names.UNIT]: unit,
      [names.PER]: labels.name(per),
      [names.REASON]: reason,
    }),
  'concurrency-lowered': ({ provider, model }, recorder, labels) =>
    recorder.add('inferway.concurrency.lowerings', labels.model(provider, model)),
  'budget-refused': ({ budget, per, period, reason }, recorder, labels) =>
    recorder.add('inferway.budget.refusals', {
      [names.BUDGET]: labels.name(budget),
      [names.PER]: labels.name(per),
      [names.PERIOD]: period,
      [names.REASON]: reason,
    }),
  'budget-alert': ({ budget, kind }, recorder, labels) =>
    recorder.add('inferway.budget.alerts', {
      [names.BUDGET]: labels.name(budget),
      [names.KIND]: kind,
    }),
  'ledger-refused': ({ reason }, recorder) =>
    recorder.add('inferway.ledger.refusals', { [names.REASON]: reason }),
  guard: ({ hook, on, verdict }, recorder, labels) =>
    recorder.add('inferway.guard.verdicts', {
      [names.HOOK]: labels.name(hook),
      [names.ON]: on,
      [names.VERDICT]: verdict,
    }),
  'key-rests': ({ provider, reason }, recorder, labels) =>
    recorder.add('inferway.key.rests', {
      ...labels.provider(provider),
      [names.REASON]: reason,
    }),
};

/** Measures an event; those of layers that are not ours are left out. */
export function countEvent(
  event: ChainEvent,
  recorder: EventRecorder,
  labels: EventLabels,
  target: string,
): void {
  if (!Object.hasOwn(COUNTS, event.type)) return;
  (COUNTS[event.type] as Count<never> | undefined)?.(event as never, recorder, labels, target);
}

function errorType(code: string | undefined): Readonly<Record<string, string>> {
  return code === undefined ? {} : { [ERROR_TYPE]: code };
}
