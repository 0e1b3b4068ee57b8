import { InferwayError, type Operation } from '@inferway/core';
import type { Exchange } from '../http/exchange.js';
import { readBody } from '../http/read-body.js';
import { tenantOf } from '../bill/tenant.js';
import type { Problem, Voice } from '../protocols/voice.js';
import { hashText, SeededRandom } from '../seeded-random.js';
import type { SimulatorContext } from './context.js';
import { isProblem, type Endpoint } from './endpoint.js';
import { modelReference } from './model-reference.js';
import { tell } from './tell.js';

/** Answers one request: key, body, model, limits, fault, then the simulated model's answer. */
export async function serve<K extends Operation>(
  endpoint: Endpoint<K>,
  context: SimulatorContext,
  exchange: Exchange,
): Promise<void> {
  try {
    const problem = await attempt(endpoint, context, exchange);
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

/** Looks at the key; undefined where it is good. */
export function checkKey(
  voice: Voice,
  context: SimulatorContext,
  exchange: Exchange,
): Problem | undefined {
  const key = voice.credential(exchange.request.headers);
  if (key === undefined || key === '') return { kind: 'missing-key' };
  exchange.record.tenant = tenantOf(key);
  if (context.keys !== undefined && !context.keys.includes(key)) return { kind: 'wrong-key', key };
  return undefined;
}

async function attempt<K extends Operation>(
  endpoint: Endpoint<K>,
  context: SimulatorContext,
  exchange: Exchange,
): Promise<Problem | undefined> {
  const { voice, format } = endpoint;
  const { record } = exchange;
  const text = await readBody(exchange.request, context.maxBodyBytes);
  const denied = checkKey(voice, context, exchange);
  if (denied !== undefined) return denied;
  if (text === undefined) return { kind: 'too-large', limit: context.maxBodyBytes };
  const body = parsed(text);
  if (body === undefined) return { kind: 'malformed-json' };
  record.body = body;
  const wrong = endpoint.check?.(body, exchange);
  if (wrong !== undefined) return wrong;

  const { model: asked, stream, request, as } = format.decodeRequest(body);
  const reference = modelReference(asked);
  const served = endpoint.find(context.models, reference.id, exchange);
  record.stream = stream;
  record.model = reference.id;
  if (isProblem(served)) return served;
  const { model } = served;
  record.model = model.id;
  if ((model.kind ?? 'chat') !== endpoint.kind) return { kind: 'wrong-operation', model: asked };
  Object.assign(exchange.headers, served.headers);

  const segments = endpoint.segments(request);
  const inputTokens = segments.reduce((sum, segment) => sum + segment.tokens, 0);
  const contextLength = model.contextLength ?? 200_000;
  if (inputTokens > contextLength) {
    return { kind: 'context-length', limit: contextLength, tokens: inputTokens };
  }

  const tenant = record.tenant ?? '';
  const claim = { inputTokens, outputTokens: endpoint.maxOutputTokens(request) ?? 0 };
  const limits = { ...context.limits, ...model.limits };
  const admission = context.limiter.admit(`${tenant} ${model.id}`, limits, claim);
  Object.assign(exchange.headers, voice.limitHeaders(admission.states, context.clock.wallTime()));
  if (admission.denied !== undefined) {
    return { kind: 'rate-limit', model: model.id, ...admission.denied };
  }

  const order = exchange.header('x-simulate-fault') ?? reference.fault;
  const chosen = context.faults.take(order, model.id, voice.protocol);
  if (chosen !== undefined) record.fault = chosen.fault.id;
  const replaced = chosen?.fault.replace?.({ stream, after: chosen.after, voice });
  if (replaced !== undefined) {
    admission.settle({ inputTokens: 0, outputTokens: 0 });
    const refused = typeof replaced === 'object' && replaced.status !== 200;
    exchange.over(refused ? 'refused' : 'failed');
    if (replaced === 'reset') {
      exchange.cut();
      exchange.socket.resetAndDestroy();
    } else if (replaced !== 'hang') exchange.send(replaced);
    return undefined;
  }

  const random = new SeededRandom(
    hashText(JSON.stringify(request), hashText(model.id, context.seed)),
  );
  const generation = endpoint.generate(request, model, random);
  const scope = `${tenant} ${model.id}`;
  const cache =
    endpoint.cache === 'none' ? undefined : context.promptCache[endpoint.cache](scope, segments);
  tell({
    endpoint,
    context,
    exchange,
    served,
    generation,
    stream: stream && chosen?.fault.unasked !== 'unary',
    streamAs: as,
    inputTokens,
    cache,
    chosen,
    random,
    settle: admission.settle,
  });
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
