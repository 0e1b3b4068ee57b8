/** Our own counters: unit and meaning, by name. */
export const OWN_COUNTERS = {
  'inferway.attempts': ['{attempt}', 'Attempts that are over, by how they ended.'],
  'inferway.cost': ['USD', 'What attempts cost, failed and lost ones included.'],
  'inferway.cost.unknown': ['{attempt}', 'Attempts whose cost is not known.'],
  'inferway.retries': ['{retry}', 'Further attempts at the same target.'],
  'inferway.fallbacks': ['{fallback}', 'Calls that went on to another target.'],
  'inferway.routes': ['{call}', 'Decisions of routers.'],
  'inferway.route.rejections': ['{answer}', 'Answers that a cascade did not accept.'],
  'inferway.cache.lookups': ['{lookup}', 'What caches did with calls.'],
  'inferway.cache.saved': ['USD', 'What answers from a cache had cost.'],
  'inferway.cache.refreshes': ['{refresh}', 'Refreshes behind stale answers.'],
  'inferway.cache.store_problems': [
    '{problem}',
    'Reads and writes that a cache’s store did not do.',
  ],
  'inferway.semantic.embeds': ['{embedding}', 'Questions that were embedded.'],
  'inferway.semantic.refusals': ['{answer}', 'Similar questions whose answer was not used.'],
  'inferway.prompt_cache.saved': ['USD', 'What providers’ prompt caches saved.'],
  'inferway.prompt_cache.surcharge': ['USD', 'What writing to them cost.'],
  'inferway.idempotency.calls': ['{call}', 'What became of calls with an idempotency key.'],
  'inferway.idempotency.store_problems': [
    '{problem}',
    'What the store of idempotency keys did not do.',
  ],
  'inferway.coalesced': ['{call}', 'Calls that shared the answer of another one.'],
  'inferway.hedges': ['{copy}', 'Further copies that were sent.'],
  'inferway.hedge.wins': ['{copy}', 'Further copies that answered first.'],
  'inferway.resumes': ['{stream}', 'Streams that went on after they broke.'],
  'inferway.breaker.transitions': ['{transition}', 'Changes of breakers.'],
  'inferway.breaker.refusals': ['{call}', 'Calls that a breaker kept from a target.'],
  'inferway.breaker.panics': ['{call}', 'Calls that were sent although all breakers are open.'],
  'inferway.limit.refusals': ['{call}', 'Calls that a limit did not let in.'],
  'inferway.concurrency.lowerings': ['{change}', 'Times that adaptive concurrency went down.'],
  'inferway.budget.refusals': ['{call}', 'Calls and attempts that a budget did not allow.'],
  'inferway.budget.alerts': ['{alert}', 'Alerts of budgets.'],
  'inferway.ledger.refusals': ['{call}', 'Calls refused since no row could be kept.'],
  'inferway.guard.verdicts': ['{verdict}', 'What guards denied, replaced or asked again.'],
  'inferway.key.rests': ['{rest}', 'Keys that a pool left alone for a while.'],
} as const;

export type OwnCounter = keyof typeof OWN_COUNTERS;

/** Seconds that calls waited for limits. */
export const LIMIT_WAIT_DURATION = 'inferway.limit.wait.duration';
