import type { ChainEvent } from '@inferway/core';
import type { CallFacts } from './call-facts.js';
import type { EventOf, EventType } from './event-types.js';
import * as names from './own-names.js';

/** Puts down one event; `target` is where the call that told it was on its way to. */
type Note<T extends EventType> = (event: EventOf<T>, facts: CallFacts, target: string) => void;

/** What spans show of each event. Values of users (a tenant, a budget's `value`, a breaker's `key`) are never among it. */
const NOTES: { readonly [T in EventType]?: Note<T> } = {
  cache(event, { call }) {
    call
      .text(names.CACHE_KIND, event.kind)
      .flag(names.CACHE_STALE, event.result === 'stale')
      .number(names.CACHE_AGE_MS, event.ageMs)
      .number(names.CACHE_SIMILARITY, event.similarity)
      .dollars(names.COST_SAVED, event.savedNanoUsd);
  },
  'cache-refresh': ({ result }, { call }) => void call.text(names.CACHE_REFRESH, result),
  'cache-store': ({ operation, problem }, { call }) =>
    void call.text(names.CACHE_STORE_PROBLEM, `${operation}: ${problem}`),
  'semantic-embed': ({ result, ms, costNanoUsd }, { call }) =>
    void call
      .text(names.SEMANTIC_EMBED, result)
      .number(names.SEMANTIC_EMBED_MS, ms)
      .dollars(names.SEMANTIC_EMBED_COST, costNanoUsd),
  'semantic-refused': ({ reason }, { call }) => void call.text(names.SEMANTIC_REFUSED, reason),
  idempotency: ({ result }, { call }) => void call.text(names.IDEMPOTENCY_RESULT, result),
  'idempotency-store': ({ operation, problem }, { call }) =>
    void call.text(names.IDEMPOTENCY_STORE_PROBLEM, `${operation}: ${problem}`),
  coalesced: ({ callers }, { call }) =>
    void call.flag(names.COALESCE_JOINED, true).number(names.COALESCE_CALLERS, callers),
  route: ({ route, policy, chosen, reason, candidates }, { call }) =>
    void call
      .text(names.ROUTE_NAME, route)
      .text(names.ROUTE_POLICY, policy)
      .text(names.ROUTE_CHOSEN, chosen)
      .text(names.ROUTE_REASON, reason)
      .number(names.ROUTE_CANDIDATES, candidates),
  cascade({ target, accepted }, { call }) {
    if (!accepted) call.append(names.ROUTE_REJECTED, target);
  },
  fallback: ({ to, reason }, facts) => void facts.target(to).text(names.FALLBACK_REASON, reason),
  retry: ({ target, reason }, facts) => void facts.next(target).text(names.RETRY_REASON, reason),
  hedge({ target, copy, reason }, facts) {
    facts.call.sum(names.HEDGE_COPIES, 1);
    facts.next(target).number(names.HEDGE_COPY, copy).text(names.HEDGE_REASON, reason);
  },
  'hedge-won': ({ copy }, { call }) => void call.number(names.HEDGE_WON, copy),
  resume: ({ mode, error }, { call }) =>
    void call
      .sum(names.RESUME_COUNT, 1)
      .text(names.RESUME_MODE, mode)
      .text(names.RESUME_REASON, error),
  breaker: ({ target, state, reason }, { call }) =>
    void call.append(names.BREAKER_CHANGES, `${target} ${state}: ${reason}`),
  'breaker-refused': ({ target, state }, { call }) =>
    void call.append(names.BREAKER_REFUSED, target).text(names.BREAKER_STATE, state),
  panic: ({ target }, { call }) => void call.text(names.BREAKER_PANIC, target),
  'limit-wait': ({ limit }, { call }) =>
    void call.sum(names.LIMIT_WAITS, 1).append(names.LIMIT_WAITED_FOR, limit),
  'limit-waited': ({ waitedMs }, { call }) => void call.sum(names.LIMIT_WAIT_MS, waitedMs),
  'limit-refused': ({ limit, reason }, { call }) =>
    void call.append(names.LIMIT_REFUSED_BY, limit).text(names.LIMIT_REFUSAL, reason),
  'concurrency-lowered': ({ limit }, facts, target) =>
    void facts.target(target).number(names.CONCURRENCY_LOWERED_TO, limit),
  budget({ decision, attempt, amount }, facts) {
    const name = decision === 'reserved' ? names.BUDGET_RESERVED : names.BUDGET_SETTLED;
    facts.attempt(attempt).text(names.BUDGET_DECISION, decision).dollars(name, amount);
  },
  'budget-refused': ({ budget, reason }, { call }) =>
    void call
      .text(names.BUDGET_DECISION, 'refused')
      .append(names.BUDGET_REFUSED_BY, budget)
      .text(names.BUDGET_REFUSAL, reason),
  'budget-alert': ({ budget, kind }, { call }) =>
    void call.append(names.BUDGET_ALERTS, `${budget}: ${kind}`),
  'ledger-refused': ({ reason }, { call }) => void call.text(names.LEDGER_REFUSAL, reason),
  'prompt-cache': ({ markers, savedNanoUsd, surchargeNanoUsd }, facts, target) =>
    void facts
      .target(target)
      .number(names.PROMPT_CACHE_MARKERS, markers)
      .sumDollars(names.PROMPT_CACHE_SAVED, savedNanoUsd)
      .sumDollars(names.PROMPT_CACHE_SURCHARGE, surchargeNanoUsd),
  'key-rests': ({ credential, reason }, facts, target) =>
    void facts.target(target).append(names.KEY_RESTS, `${credential}: ${reason}`),
  guard: ({ hook, on, verdict }, { call }) =>
    void call.append(names.GUARD_VERDICTS, `${hook} ${on}: ${verdict}`),
};

/** Puts down what spans show of an event; events of layers that are not ours are left out. */
export function noteFact(event: ChainEvent, facts: CallFacts, target: string): void {
  if (!Object.hasOwn(NOTES, event.type)) return;
  (NOTES[event.type] as Note<never> | undefined)?.(event as never, facts, target);
}
