import type { Clock, JsonObject } from '@inferway/core';
import type { PredictionRecord } from './prediction-record.js';

// Replicate deletes inputs, outputs and logs of predictions that were made over the API.
const KEPT_MS = 3_600_000;

/** A prediction as the API tells of it. */
export function predictionJson(prediction: PredictionRecord, clock: Clock): JsonObject {
  const { order, id, createdAt, startedAt, completedAt, status } = prediction;
  const { model, address, deployment, webhook, cancelAfterMs } = order;
  const removed = isRemoved(prediction, clock);
  const api = `${address}/v1/predictions/${id}`;
  const stream = prediction.gives === 'files' ? 'files' : 'predictions';
  return {
    id,
    model: `${model.owner}/${model.name}`,
    version: model.official ? 'hidden' : model.version,
    input: removed ? {} : order.input,
    logs: removed ? '' : prediction.logs,
    output: removed ? null : prediction.output,
    data_removed: removed,
    error: prediction.error,
    source: 'api',
    status,
    created_at: time(createdAt),
    ...(startedAt === undefined ? {} : { started_at: time(startedAt) }),
    ...(completedAt === undefined ? {} : { completed_at: time(completedAt) }),
    ...(cancelAfterMs === undefined ? {} : { deadline: time(createdAt + cancelAfterMs) }),
    ...(deployment === undefined ? {} : { deployment }),
    ...(webhook === undefined ? {} : { webhook: webhook.url }),
    ...(webhook?.events === undefined ? {} : { webhook_events_filter: webhook.events }),
    ...(completedAt === undefined ? {} : { metrics: metricsOf(prediction, completedAt) }),
    urls: {
      cancel: `${api}/cancel`,
      get: api,
      stream: `${address}/stream/v1/${stream}/${id}`,
      web: `${address}/p/${id}`,
    },
  };
}

/** True for a prediction whose data was deleted. */
export function isRemoved({ completedAt }: PredictionRecord, clock: Clock): boolean {
  return completedAt !== undefined && clock.wallTime() - completedAt >= KEPT_MS;
}

function metricsOf(prediction: PredictionRecord, completedAt: number): JsonObject {
  const { startedAt, createdAt, metrics } = prediction;
  return {
    ...metrics,
    ...(startedAt === undefined ? {} : { predict_time: (completedAt - startedAt) / 1000 }),
    total_time: (completedAt - createdAt) / 1000,
  };
}

function time(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
