import type { Exchange } from '../../http/exchange.js';
import { modelReference } from '../../serve/model-reference.js';
import type { Route } from '../protocol.js';
import { findByName } from './catalog.js';
import { createPrediction } from './create-prediction.js';
import { addressOf, answer, notFound, type Desk } from './desk.js';
import { predictionJson } from './prediction-json.js';
import type { Prediction } from './prediction.js';

const PAGE = 100;

/** Predictions: made by model, by version and by deployment; looked at, listed, cancelled. */
export function predictionRoutes(desk: Desk): readonly Route[] {
  return [
    {
      method: 'POST',
      path: /^\/v1\/predictions$/u,
      handle: (exchange) => createPrediction(desk, exchange, undefined),
    },
    {
      method: 'POST',
      path: /^\/v1\/models\/([^/]+)\/([^/]+)\/predictions$/u,
      handle(exchange, [owner = '', name = '']) {
        const { id, fault } = modelReference(name);
        const model = findByName(desk.catalog, owner, id);
        // A model that is not official is run by its version alone.
        return createPrediction(desk, exchange, {
          model: model?.official === true ? model : undefined,
          fault,
        });
      },
    },
    {
      method: 'POST',
      path: /^\/v1\/deployments\/([^/]+)\/([^/]+)\/predictions$/u,
      handle(exchange, [owner = '', name = '']) {
        const deployment = desk.deployments.find(owner, name);
        const model = deployment === undefined ? undefined : desk.deployments.modelOf(deployment);
        return createPrediction(desk, exchange, { model, deployment: `${owner}/${name}` });
      },
    },
    { method: 'GET', path: /^\/v1\/predictions$/u, handle: (exchange) => list(desk, exchange) },
    {
      method: 'GET',
      path: /^\/v1\/predictions\/([\w-]+)$/u,
      handle: (exchange, [id = '']) => {
        const prediction = find(desk, exchange, id);
        if (prediction !== undefined) answer(exchange, predictionJson(prediction, desk.clock));
      },
    },
    {
      method: 'POST',
      path: /^\/v1\/predictions\/([\w-]+)\/cancel$/u,
      handle(exchange, [id = '']) {
        const prediction = find(desk, exchange, id);
        if (prediction === undefined) return;
        prediction.cancel();
        answer(exchange, predictionJson(prediction, desk.clock));
      },
    },
  ];
}

/** The prediction of an id, where the key is good and made it. */
function find(desk: Desk, exchange: Exchange, id: string): Prediction | undefined {
  if (!desk.admits(exchange)) return undefined;
  const prediction = desk.predictions.get(id);
  if (prediction?.order.tenant === exchange.record.tenant) return prediction;
  notFound(exchange);
  return undefined;
}

/** The latest first, 100 a page. */
function list(desk: Desk, exchange: Exchange): void {
  if (!desk.admits(exchange)) return;
  const address = addressOf(exchange);
  const from = Number(new URL(exchange.record.path, address).searchParams.get('cursor') ?? 0);
  const all = [...desk.predictions.values()]
    .filter(({ order }) => order.tenant === exchange.record.tenant)
    .reverse();
  const cursor = (at: number): string => `${address}/v1/predictions?cursor=${at}`;
  answer(exchange, {
    previous: from > 0 ? cursor(Math.max(0, from - PAGE)) : null,
    next: from + PAGE < all.length ? cursor(from + PAGE) : null,
    results: all.slice(from, from + PAGE).map((one) => predictionJson(one, desk.clock)),
  });
}
