import { InferwayError } from '../error.js';
import type { Cost } from '../money.js';
import type { Model } from '../model.js';
import type { PriceBook } from '../price.js';
import { reportedBill } from '../reported-bill.js';
import type { Usage } from '../usage.js';
import type { Warning } from '../warning.js';
import type { BatchOutcome, BatchStatus } from './batch-types.js';
import type { KeptOutcome } from './kept-outcome.js';

/** What is known of a provider's batch beside its outcomes. */
export interface ProviderOutcomesSettings {
  readonly provider: string;
  /** Its items, where this client or its store remembers them. */
  readonly ids: ReadonlySet<string> | undefined;
  /** How it ended; asked for only where outcomes are missing. */
  status(): Promise<BatchStatus>;
  cost(usage: Usage | undefined): Cost | undefined;
  warn(warning: Warning): void;
}

/** One outcome for each item: those of unknown items and second ones are left out with a warning, those that are missing are failed ones. */
export async function* providerOutcomes(
  outcomes: AsyncIterable<BatchOutcome>,
  settings: ProviderOutcomesSettings,
): AsyncGenerator<KeptOutcome, undefined> {
  const { provider, ids, warn } = settings;
  const seen = new Set<string>();
  for await (const outcome of outcomes) {
    const { id } = outcome;
    const again = seen.has(id);
    if (again || ids?.has(id) === false) {
      warn({
        type: 'other',
        message: again
          ? `${provider} gave a second outcome for the item "${id}"; it was left out.`
          : `${provider} gave an outcome for "${id}", which is no item of this batch; it was left out.`,
      });
      continue;
    }
    seen.add(id);
    if (outcome.status !== 'succeeded') outcome.error.provider ??= provider;
    yield { ...outcome, cost: settings.cost(outcome.usage) };
  }
  const missing = [...(ids ?? [])].filter((id) => !seen.has(id));
  if (missing.length === 0) return;
  const ended = await settings.status();
  for (const id of missing) yield missingOutcome(id, provider, ended);
}

function missingOutcome(id: string, provider: string, ended: BatchStatus): KeptOutcome {
  if (ended === 'cancelled' || ended === 'expired') {
    const message = `The batch was ${ended === 'expired' ? 'not done in time' : 'cancelled'} before ${provider} ran this item. Send it again where it is still wanted.`;
    const code = ended === 'expired' ? 'timeout' : 'aborted';
    return {
      id,
      status: ended,
      error: new InferwayError(code, { message, provider, sent: 'no', retryable: true }),
    };
  }
  return {
    id,
    status: 'failed',
    error: new InferwayError('empty_response', {
      message: `The results of ${provider} say nothing of the item "${id}". Send it again.`,
      provider,
      sent: 'maybe',
    }),
  };
}

/** Whose prices, and how much less than they say. */
export interface BatchPrices {
  readonly prices: PriceBook | undefined;
  readonly discount: number | undefined;
  readonly model: Model | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What an outcome costs: as the provider says, else by the book less the provider's discount. Never 0 for what is unknown. */
export function batchCost(usage: Usage | undefined, of: BatchPrices): Cost | undefined {
  const reported = reportedBill(usage);
  if (reported !== undefined) return reported;
  const { prices, discount, model, at } = of;
  if (prices === undefined) return undefined;
  if (usage === undefined) return { known: false, reason: 'no-usage' };
  const cost =
    model === undefined || discount === undefined ? undefined : prices.cost(model, usage, at);
  if (cost === undefined) return { known: false, reason: 'no-price' };
  return cost.known ? { ...cost, total: Math.round(cost.total * (1 - (discount ?? 0))) } : cost;
}
