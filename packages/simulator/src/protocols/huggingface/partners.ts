import type { TokenPrices } from '@inferway/core';
import type { SimulatedModel } from '../../models.js';

/** A provider behind the router, and what the router says of it. */
export interface Partner {
  readonly id: string;
  readonly status: 'live' | 'error';
  /** Its prices as a percentage of the model's. */
  readonly percent: number;
  /** Whether the listing tells its prices. */
  readonly listsPrices: boolean;
  /** What the listing measured; some providers list nothing at all. */
  readonly measured?: { readonly latencyMs: number; readonly throughput: number } | undefined;
}

/** In the order in which a user is supposed to prefer them. The last but one is a provider that no client has heard of. */
export const PARTNERS: readonly Partner[] = [
  {
    id: 'together',
    status: 'live',
    percent: 100,
    listsPrices: true,
    measured: { latencyMs: 611, throughput: 40.13 },
  },
  {
    id: 'groq',
    status: 'live',
    percent: 120,
    listsPrices: true,
    measured: { latencyMs: 182, throughput: 412.5 },
  },
  {
    id: 'novita',
    status: 'live',
    percent: 60,
    listsPrices: true,
    measured: { latencyMs: 905, throughput: 33.2 },
  },
  {
    id: 'fireworks-ai',
    status: 'live',
    percent: 90,
    listsPrices: false,
    measured: { latencyMs: 320, throughput: 128.9 },
  },
  { id: 'featherless-ai', status: 'live', percent: 110, listsPrices: false },
  {
    id: 'simulated-newcomer',
    status: 'live',
    percent: 105,
    listsPrices: true,
    measured: { latencyMs: 700, throughput: 50 },
  },
  {
    id: 'nscale',
    status: 'error',
    percent: 10,
    listsPrices: true,
    measured: { latencyMs: 90, throughput: 900 },
  },
];

/** Partners that serve no chats: nothing is listed of them on the router. */
export const TASK_PARTNERS: readonly Partner[] = ['hf-inference', 'scaleway', 'deepinfra'].map(
  (id) => ({ id, status: 'live', percent: 100, listsPrices: false }),
);

/** What a partner charges: input and output only, as the router lists them. */
export function partnerPrices(model: SimulatedModel, partner: Partner): TokenPrices {
  const scaled = (price: number): number => Math.round((price * partner.percent) / 100);
  return { input: scaled(model.prices.input), output: scaled(model.prices.output) };
}

/** The partner that a suffix of a model id stands for; undefined where it names none. */
export function choosePartner(suffix: string): Partner | undefined {
  const live = PARTNERS.filter((partner) => partner.status === 'live');
  switch (suffix) {
    case 'fastest':
      return best(live, (partner) => partner.measured?.throughput ?? 0);
    case 'cheapest':
      return best(
        live.filter((partner) => partner.listsPrices),
        (partner) => -partner.percent,
      );
    case 'preferred':
      return live[0];
    default:
      return PARTNERS.find((partner) => partner.id === suffix);
  }
}

function best(
  partners: readonly Partner[],
  score: (partner: Partner) => number,
): Partner | undefined {
  return partners.reduce<Partner | undefined>(
    (top, partner) => (top === undefined || score(partner) > score(top) ? partner : top),
    undefined,
  );
}
