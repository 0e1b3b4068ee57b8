import type { Exchange } from '../../http/exchange.js';
import type { SimulatedModel } from '../../models.js';
import type { Served } from '../../serve/endpoint.js';
import { findModel } from '../../serve/model-reference.js';
import type { Problem } from '../voice.js';
import { choosePartner, partnerPrices, type Partner } from './partners.js';
import { findTaskModel } from './tasks/task-models.js';
import { notSupported } from './voice.js';

/** The model and provider of `org/name`, `org/name:fastest`, `org/name:groq` … as the router chooses them. */
export function findRouted(
  models: readonly SimulatedModel[],
  id: string,
  exchange: Exchange,
): Served | Problem {
  const colon = id.lastIndexOf(':');
  const name = colon < 0 ? id : id.slice(0, colon);
  const suffix = colon < 0 ? 'fastest' : id.slice(colon + 1);
  const model = findModel(models, name);
  if (model === undefined) return { kind: 'unknown-model', model: id };
  const partner = choosePartner(suffix);
  if (partner === undefined) {
    const message = `The provider you attempted to explicitly specify '${suffix}' is not a valid provider.`;
    return { kind: 'refused', answer: notSupported(message) };
  }
  if (partner.status !== 'live') {
    const message = `The requested model '${name}' is not supported by provider '${partner.id}'.`;
    return { kind: 'refused', answer: notSupported(message) };
  }
  return servedBy(model, partner, name, exchange);
}

/** The model at one partner, by the path of the request (`/{provider}/v1/chat/completions`). */
export function findAtPartner(
  models: readonly SimulatedModel[],
  id: string,
  exchange: Exchange,
  partner: Partner,
  kind: 'chat' | 'embedding',
): Served | Problem {
  const model = findModel(models, id) ?? ofTask(models, id, kind);
  if (model === undefined || (model.kind ?? 'chat') !== kind) {
    const body = { error: `Model not supported by provider ${partner.id}` };
    return { kind: 'refused', answer: { status: 400, body } };
  }
  return servedBy(model, partner, id, exchange);
}

// The model of a task that is an operation of its own is one of the simulator's models under another name.
function ofTask(
  models: readonly SimulatedModel[],
  id: string,
  kind: 'chat' | 'embedding',
): SimulatedModel | undefined {
  const task = findTaskModel(id)?.task;
  const wanted = kind === 'chat' ? 'text-generation' : 'feature-extraction';
  return task === wanted ? models.find((model) => (model.kind ?? 'chat') === kind) : undefined;
}

function servedBy(
  model: SimulatedModel,
  partner: Partner,
  shownAs: string,
  exchange: Exchange,
): Served {
  return {
    model,
    shownAs,
    prices: partnerPrices(model, partner),
    servedBy: partner.id,
    billTo: exchange.header('x-hf-bill-to'),
    headers: { 'x-inference-provider': partner.id },
  };
}
