import { InferwayError, type Operation } from '@inferway/core';
import type { Exchange } from '../http/exchange.js';
import { readRequest, type GivenForm } from '../http/read-request.js';
import type { Admission } from '../limits/rate-limiter.js';
import type { Problem, Voice } from '../protocols/voice.js';
import { checkKey } from './check-key.js';
import type { SimulatorContext } from './context.js';
import { isProblem, type AnyEndpoint, type Served } from './endpoint.js';
import { answerTo, hear } from './hear.js';
import type { Heard } from './heard.js';
import { replaceAnswer } from './replace-answer.js';
import { tell } from './tell.js';

/** Answers one request: key, body, model, limits, fault, then the simulated model's answer. */
export async function serve<K extends Operation>(
  endpoint: AnyEndpoint<K>,
  context: SimulatorContext,
  exchange: Exchange,
): Promise<void> {
  try {
    const given = await readRequest(exchange.request, context.maxBodyBytes);
    const problem = attempt(endpoint, context, exchange, given);
    if (problem !== undefined) refuse(endpoint.voice, problem, exchange);
  } catch (reason) {
    if (exchange.gone) exchange.over('cancelled');
    else if (InferwayError.is(reason) && reason.code === 'invalid_request') {
      refuse(endpoint.voice, { kind: 'invalid', error: reason }, exchange);
    } else throw reason;
  }
}

/** Answers with the protocol's own words for a problem. */
export function refuse(voice: Voice, problem: Problem, exchange: Exchange): void {
  exchange.over('refused');
  exchange.send(voice.refuse(problem, exchange.requestId));
}

function attempt<K extends Operation>(
  endpoint: AnyEndpoint<K>,
  context: SimulatorContext,
  exchange: Exchange,
  given: string | GivenForm | undefined,
): Problem | undefined {
  const { voice } = endpoint;
  const { record } = exchange;
  const denied = checkKey(voice, context, exchange);
  if (denied !== undefined) return denied;
  if (given === undefined) return { kind: 'too-large', limit: context.maxBodyBytes };
  let broken: Problem | undefined;
  const heard = hear(endpoint, context, given, (body) => {
    record.body = body;
    broken = endpoint.check?.(body, exchange);
    return broken === undefined;
  });
  if (broken !== undefined) return broken;
  if (heard === undefined) return { kind: 'malformed-json' };
  const { reference, inputTokens } = heard;
  record.stream = heard.stream;
  record.model = reference.id;
  const served = endpoint.find(context.models, reference.id, exchange);
  if (isProblem(served)) return served;
  const { model } = served;
  record.model = model.id;
  if ((model.kind ?? 'chat') !== endpoint.kind) {
    return { kind: 'wrong-operation', model: reference.id };
  }
  Object.assign(exchange.headers, served.headers);
  const contextLength = model.contextLength ?? 200_000;
  if (inputTokens > contextLength) {
    return { kind: 'context-length', limit: contextLength, tokens: inputTokens };
  }
  const admission = admit(endpoint, context, exchange, heard, served);
  if (admission.denied !== undefined) {
    return { kind: 'rate-limit', model: model.id, ...admission.denied };
  }
  try {
    answer(endpoint, context, exchange, heard, served, admission);
    return undefined;
  } catch (reason) {
    admission.settle(NOTHING);
    throw reason;
  }
}

const NOTHING = { inputTokens: 0, outputTokens: 0 };

function admit<K extends Operation>(
  endpoint: AnyEndpoint<K>,
  context: SimulatorContext,
  exchange: Exchange,
  heard: Heard<K>,
  { model }: Served,
): Admission {
  const admission = context.limiter.admit(
    `${exchange.record.tenant} ${model.id}`,
    model.limits === undefined ? (context.limits ?? {}) : { ...context.limits, ...model.limits },
    {
      inputTokens: heard.inputTokens,
      outputTokens: endpoint.maxOutputTokens(heard.request) ?? 0,
    },
  );
  if (admission.states.length > 0) {
    const headers = endpoint.voice.limitHeaders(admission.states, context.clock.wallTime());
    Object.assign(exchange.headers, headers);
  }
  return admission;
}

function answer<K extends Operation>(
  endpoint: AnyEndpoint<K>,
  context: SimulatorContext,
  exchange: Exchange,
  heard: Heard<K>,
  served: Served,
  admission: Admission,
): void {
  const { voice } = endpoint;
  const { model } = served;
  const order = exchange.header('x-simulate-fault') ?? heard.reference.fault;
  const chosen = context.faults.take(order, model.id, voice.protocol);
  if (chosen !== undefined) exchange.record.fault = chosen.fault.id;
  const { stream } = heard;
  if (chosen !== undefined && replaceAnswer(exchange, chosen, stream, voice)) {
    admission.settle(NOTHING);
    return;
  }
  const generation = answerTo(endpoint, context, heard, model);
  const scope = `${exchange.record.tenant} ${model.id}`;
  const cache =
    endpoint.cache === 'none'
      ? undefined
      : context.promptCache[endpoint.cache](scope, heard.segments);
  const { settle } = admission;
  tell({ endpoint, context, exchange, heard, served, generation, cache, chosen, settle });
}
