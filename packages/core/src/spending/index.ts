// How much may be spent, and what was
export { budget, type BudgetMiddleware } from '../middleware/budget/budget.js';
export type { BudgetOptions } from '../middleware/budget/budget-options.js';
export type { BudgetRule, BudgetScope } from '../middleware/budget/budget-rule.js';
export type { BudgetFigures, BudgetState } from '../middleware/budget/budget-state.js';
export type {
  AlertOptions,
  AlertSink,
  BudgetAlert,
  SpikeOptions,
} from '../middleware/budget/budget-alert.js';
export { webhook, type Webhook } from '../middleware/budget/webhook/webhook.js';
export type {
  WebhookFailure,
  WebhookOptions,
} from '../middleware/budget/webhook/webhook-options.js';
export { boundCost, type CostBound } from '../cost-bound/cost-bound.js';
export type { Assumption, UsageBoundOptions } from '../cost-bound/usage-bound.js';
export {
  ledger,
  type LedgerCloseOptions,
  type LedgerLayer,
  type LedgerState,
} from '../middleware/ledger/ledger.js';
export type { LedgerNotice } from '../middleware/ledger/ledger-notice.js';
export type { LedgerOptions } from '../middleware/ledger/ledger-options.js';
export type { DeferredRows, LedgerSpool, SpoolRecovery } from '../stores/ledger-spool.js';
