import { InferwayError, type JsonObject } from '@inferway/core';
import { anthropicMessages } from '@inferway/wire';
import type { Exchange } from '../../http/exchange.js';
import type { SimulatorContext } from '../../serve/context.js';
import type { Endpoint } from '../../serve/endpoint.js';
import { answerTo, hear } from '../../serve/hear.js';
import { Meter } from '../../serve/meter.js';
import { findModel } from '../../serve/model-reference.js';
import type { Batch } from './batch-record.js';
import { brokenRule } from './rules.js';
import { anthropicVoice as voice } from './voice.js';

/** Runs what was asked, once the batch's time is over. Results come in another order than the requests. */
export function settleBatch(
  context: SimulatorContext,
  endpoint: Endpoint<'chat'>,
  batch: Batch,
  exchange: Exchange,
): void {
  if (batch.lines !== undefined || context.clock.now() < batch.endsAt) return;
  const lines = batch.items.map(({ id, params }, index): JsonObject => {
    const result =
      batch.cancelledAt !== undefined
        ? { type: 'canceled' }
        : batch.expires && index % 2 === 1
          ? { type: 'expired' }
          : run(context, endpoint, batch, params, `${exchange.requestId}${index}`);
    return { custom_id: id, result };
  });
  batch.lines = lines.reverse();
}

function run(
  context: SimulatorContext,
  endpoint: Endpoint<'chat'>,
  batch: Batch,
  params: JsonObject,
  requestId: string,
): JsonObject {
  const errored = (error: InferwayError): JsonObject => ({
    type: 'errored',
    error: anthropicMessages.encodeError(error, requestId),
  });
  try {
    const broken = brokenRule(params, batch.version, context.seed, batch.betas);
    if (broken !== undefined)
      return errored(new InferwayError('invalid_request', { message: broken }));
    const heard = hear(endpoint, context, JSON.stringify(params), () => true);
    if (heard === undefined)
      return errored(new InferwayError('invalid_request', { message: 'params: Field required' }));
    const served = findModel(context.models, heard.reference.id);
    if (served === undefined)
      return errored(new InferwayError('not_found', { message: `model: ${heard.reference.id}` }));
    const generation = answerTo(endpoint, context, heard, served);
    const usage = new Meter(heard.inputTokens, undefined, generation).usage(true);
    const message = anthropicMessages.encodeResponse(
      { result: generation.result(), usage },
      { id: voice.answerId(requestId), model: served.id, created: 0 },
    );
    const { input, output } = served.prices;
    context.bill.add(
      // Half the price (platform.claude.com, "Batch processing").
      { ...served.prices, input: half(input), output: half(output) },
      {
        requestId,
        tenant: batch.tenant,
        protocol: voice.protocol,
        operation: 'chat',
        model: served.id,
        stream: false,
        usage,
        status: 'complete',
        at: context.clock.wallTime(),
      },
    );
    return { type: 'succeeded', message };
  } catch (reason) {
    return errored(InferwayError.from(reason));
  }
}

function half(price: number): number {
  return Math.ceil(price / 2);
}
