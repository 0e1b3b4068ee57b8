import { InferwayError, isJsonObject, type JsonObject } from '@inferway/core';
import type { Exchange } from '../../http/exchange.js';
import { modelReference } from '../../serve/model-reference.js';
import { replaceAnswer } from '../../serve/replace-answer.js';
import { refuse } from '../../serve/serve.js';
import type { Problem } from '../voice.js';
import { findByVersion } from './catalog.js';
import { addressOf, type Desk } from './desk.js';
import { invalidFields, type InvalidField } from './input-schema.js';
import type { CatalogModel } from './model-kind.js';
import { Prediction } from './prediction.js';
import { holdSeconds, holdThenAnswer } from './prefer-wait.js';
import { problemAnswer, replicateVoice as voice } from './voice.js';
import { WEBHOOK_EVENTS } from './webhook-notes.js';

/** What the path says of the model; where it says nothing, the body's `version` does. */
export interface Target {
  readonly model: CatalogModel | undefined;
  readonly deployment?: string | undefined;
  /** A fault that the path's model name asks for. */
  readonly fault?: string | undefined;
}

/** Answers a request for a prediction. */
export async function createPrediction(
  desk: Desk,
  exchange: Exchange,
  target: Target | undefined,
): Promise<void> {
  const body = await desk.body(exchange);
  if (exchange.response.headersSent || !desk.admits(exchange)) return;
  try {
    const problem = begin(desk, exchange, target, body);
    if (problem !== undefined) refuse(voice, problem, exchange);
  } catch (reason) {
    if (!InferwayError.is(reason) || reason.code !== 'invalid_request') throw reason;
    refuse(voice, { kind: 'invalid', error: reason }, exchange);
  }
}

function begin(
  desk: Desk,
  exchange: Exchange,
  target: Target | undefined,
  body: unknown,
): Problem | undefined {
  const { context } = desk;
  if (!isJsonObject(body))
    return invalid([
      { type: 'invalid_type', field: '', description: 'Invalid type. Expected: object' },
    ]);
  const strange = strangeFields(body, target === undefined);
  if (strange.length > 0) return invalid(strange);
  const { model, fault: asked } = target ?? versionOf(desk, body);
  if (model === undefined) return target === undefined ? wrongVersion() : missing(exchange);
  exchange.record.model = model.name;
  const input = isJsonObject(body['input']) ? body['input'] : {};
  const faulty = invalidFields(input, model.fields);
  if (faulty.length > 0) return invalid(faulty);
  const hold = holdSeconds(exchange.header('prefer'));
  if (hold === 'invalid')
    return refused(422, 'Prefer must be wait or wait=n, with n from 1 to 60.');
  const cancelAfterMs = durationMs(exchange.header('cancel-after'));
  if (cancelAfterMs === 'invalid') return refused(422, 'Cancel-After must be at least 5 seconds.');
  const admission = context.limiter.admit(
    `${exchange.record.tenant} replicate`,
    context.limits ?? {},
    { inputTokens: 0, outputTokens: 0 },
  );
  Object.assign(exchange.headers, voice.limitHeaders(admission.states, context.clock.wallTime()));
  if (admission.denied !== undefined) {
    return { kind: 'rate-limit', model: model.name, ...admission.denied };
  }
  const order = exchange.header('x-simulate-fault') ?? asked;
  const chosen = context.faults.take(order, model.name, voice.protocol);
  if (chosen !== undefined) {
    exchange.record.fault = chosen.fault.id;
    if (replaceAnswer(exchange, chosen, false, voice)) return undefined;
  }
  const prediction = new Prediction(desk, {
    requestId: exchange.requestId,
    tenant: exchange.record.tenant ?? '',
    address: addressOf(exchange),
    model,
    input,
    deployment: target?.deployment,
    cancelAfterMs,
    fault: chosen,
    webhook:
      typeof body['webhook'] === 'string'
        ? { url: body['webhook'], events: body['webhook_events_filter'] as string[] | undefined }
        : undefined,
  });
  desk.keep(prediction);
  holdThenAnswer(desk, exchange, prediction, hold);
  return undefined;
}

function versionOf(desk: Desk, body: JsonObject): Target {
  const { id, fault } = modelReference(String(body['version'] ?? ''));
  return { model: findByVersion(desk.catalog, id), fault };
}

function strangeFields(body: JsonObject, byVersion: boolean): readonly InvalidField[] {
  const known = ['input', 'stream', 'webhook', 'webhook_events_filter', byVersion ? 'version' : ''];
  const more = Object.keys(body)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      type: 'additional_property_not_allowed',
      field: '',
      description: `Additional property ${name} is not allowed`,
    }));
  const needed = ['input', ...(byVersion ? ['version'] : [])]
    .filter((name) => body[name] === undefined)
    .map((name) => ({ type: 'required', field: '', description: `${name} is required` }));
  return [...more, ...needed, ...webhookFields(body)];
}

function webhookFields({ webhook, webhook_events_filter: events }: JsonObject): InvalidField[] {
  const wrong: InvalidField[] = [];
  if (webhook !== undefined && !/^https?:\/\//u.test(String(webhook))) {
    wrong.push({ type: 'format', field: 'webhook', description: "Does not match format 'uri'" });
  }
  const known = (event: unknown): boolean => (WEBHOOK_EVENTS as readonly unknown[]).includes(event);
  if (events !== undefined && !(Array.isArray(events) && events.every(known))) {
    const description = `webhook_events_filter may hold: ${WEBHOOK_EVENTS.join(', ')}`;
    wrong.push({ type: 'enum', field: 'webhook_events_filter', description });
  }
  return wrong;
}

function invalid(fields: readonly InvalidField[]): Problem {
  const detail = fields
    .map(({ field, description }) => `- ${field === '' ? '' : `${field}: `}${description}\n`)
    .join('');
  const answer = problemAnswer(422, 'Input validation failed', detail, { invalid_fields: fields });
  return { kind: 'refused', answer };
}

function wrongVersion(): Problem {
  const detail =
    "The specified version does not exist (or perhaps you don't have permission to use it?)";
  return {
    kind: 'refused',
    answer: problemAnswer(422, 'Invalid version or not permitted', detail),
  };
}

function refused(status: number, detail: string): Problem {
  return { kind: 'refused', answer: problemAnswer(status, 'Input validation failed', detail) };
}

function missing(exchange: Exchange): Problem {
  const { method, path } = exchange.record;
  return { kind: 'unknown-route', method, path };
}

/** `90`, `30s`, `1h30m`: milliseconds. */
function durationMs(text: string | undefined): number | 'invalid' | undefined {
  if (text === undefined) return undefined;
  const [whole, hours = '0', minutes = '0', seconds = '0'] =
    /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/u.exec(text.trim()) ?? [];
  const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return whole === undefined || whole === '' || ms < 5000 ? 'invalid' : ms;
}
