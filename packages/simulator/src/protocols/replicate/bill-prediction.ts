import { priceUsage, type NanoUsd, type Usage } from '@inferway/core';
import type { BillStatus } from '../../bill/bill.js';
import type { SimulatorContext } from '../../serve/context.js';
import type { PredictionRecord, Status } from './prediction-record.js';
import type { Price } from './work.js';

/** Bills what a prediction used until it ended. One that never started costs nothing. */
export function billPrediction(prediction: PredictionRecord, context: SimulatorContext): void {
  const { startedAt, completedAt, order, status } = prediction;
  if (startedAt === undefined || completedAt === undefined) return;
  const computeSeconds = (completedAt - startedAt) / 1000;
  const { usage: counted } = prediction;
  const usage: Usage = { ...counted, units: { ...counted.units, computeSeconds } };
  context.bill.charge({
    requestId: order.requestId,
    tenant: order.tenant,
    protocol: 'replicate',
    operation: 'prediction',
    model: order.model.name,
    stream: false,
    usage,
    cost: costOf(order.model.price, usage, computeSeconds),
    status: statusOf(status),
    at: completedAt,
  });
}

function costOf(price: Price, usage: Usage, seconds: number): NanoUsd {
  switch (price.per) {
    case 'second':
      return Math.round(price.amount * seconds);
    case 'image':
      return price.amount * (usage.units?.images ?? 0);
    case 'token': {
      const cost = priceUsage(price.prices, usage);
      return cost.known ? cost.total : 0;
    }
  }
}

function statusOf(status: Status): BillStatus {
  if (status === 'succeeded') return 'complete';
  return status === 'failed' ? 'failed' : 'cancelled';
}
