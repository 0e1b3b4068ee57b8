import { InferwayError, type JsonObject, type Operation } from '@inferway/core';
import type { Exchange } from '../http/exchange.js';
import type { Problem } from '../protocols/voice.js';
import type { SimulatorContext } from '../serve/context.js';
import { isProblem, type AnyEndpoint } from '../serve/endpoint.js';
import { answerTo, hear } from '../serve/hear.js';
import { Meter } from '../serve/meter.js';

/** What one request came to, as it would have been answered by itself. */
export interface ItemAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

/** Runs one request of a batch, and bills it at half the price. */
export function runItem(
  endpoint: AnyEndpoint<Operation>,
  context: SimulatorContext,
  exchange: Exchange,
  item: { readonly body: JsonObject; readonly requestId: string; readonly tenant: string },
): ItemAnswer {
  const { voice } = endpoint;
  const { body, requestId, tenant } = item;
  const refused = (problem: Problem): ItemAnswer => {
    const answer = voice.refuse(problem, requestId);
    return { status: answer.status, body: answer.body as JsonObject };
  };
  try {
    let broken: Problem | undefined;
    const heard = hear(endpoint, context, JSON.stringify(body), (asked) => {
      broken = endpoint.check?.(asked, exchange);
      return broken === undefined;
    });
    if (heard === undefined) return refused(broken ?? { kind: 'malformed-json' });
    const { reference, inputTokens } = heard;
    const served = endpoint.find(context.models, reference.id, exchange);
    if (isProblem(served)) return refused(served);
    const { model, prices, shownAs } = served;
    if ((model.kind ?? 'chat') !== endpoint.kind) {
      return refused({ kind: 'wrong-operation', model: reference.id });
    }
    const limit = model.contextLength ?? 200_000;
    if (inputTokens > limit) return refused({ kind: 'context-length', limit, tokens: inputTokens });
    const generation = answerTo(endpoint, context, heard, model);
    const usage = new Meter(inputTokens, undefined, generation).usage(true);
    const created = Math.floor(context.clock.wallTime() / 1000);
    const answer = endpoint.format.encodeResponse(
      { result: generation.result(), usage },
      { id: voice.answerId(requestId), model: shownAs, created, ...heard.as },
    );
    context.bill.add(
      { ...prices, input: half(prices.input), output: half(prices.output) },
      {
        requestId,
        tenant,
        protocol: voice.protocol,
        operation: endpoint.format.operation,
        model: model.id,
        stream: false,
        usage,
        status: 'complete',
        at: context.clock.wallTime(),
      },
    );
    return { status: 200, body: answer as JsonObject };
  } catch (reason) {
    return refused({ kind: 'invalid', error: InferwayError.from(reason) });
  }
}

function half(price: number): number {
  return Math.ceil(price / 2);
}
