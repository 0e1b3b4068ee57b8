import { InferwayError, usd, type TokenPrices } from '@inferway/core';
import { BytesBody } from '@inferway/wire';
import type { Exchange, HttpAnswer } from '../../../http/exchange.js';
import { readBytes } from '../../../http/read-body.js';
import { checkKey } from '../../../serve/check-key.js';
import type { SimulatorContext } from '../../../serve/context.js';
import { modelReference } from '../../../serve/model-reference.js';
import { refuse } from '../../../serve/serve.js';
import { countTokens } from '../../../text/tokenizer.js';
import { huggingfaceVoice as voice } from '../voice.js';
import type { TaskModel } from './task-models.js';

/** Invented: nobody bills the tasks by tokens. */
const PRICES: TokenPrices = { input: usd(0.01), output: 0 };

/** A request for a task, as far as every route of the protocol treats it alike. */
export interface TaskRequestSeen {
  readonly exchange: Exchange;
  readonly context: SimulatorContext;
  /** As the address or the body names it; may ask for a fault. */
  readonly id: string;
  /** Who is to do it, as the answer's headers say. */
  readonly servedBy: string;
}

/** Reads a request's body: JSON, or a file. Undefined where it was refused. */
export async function readTaskBody(
  exchange: Exchange,
  context: SimulatorContext,
): Promise<unknown> {
  const denied = checkKey(voice, context, exchange);
  if (denied !== undefined) {
    refuse(voice, denied, exchange);
    return undefined;
  }
  const bytes = await readBytes(exchange.request, context.maxBodyBytes);
  if (bytes === undefined) {
    refuse(voice, { kind: 'too-large', limit: context.maxBodyBytes }, exchange);
    return undefined;
  }
  const type = exchange.header('content-type') ?? 'application/octet-stream';
  if (!type.startsWith('application/json')) return new BytesBody(bytes, type);
  try {
    const body: unknown = JSON.parse(bytes.toString('utf8'));
    exchange.record.body = body;
    return body;
  } catch {
    refuse(voice, { kind: 'malformed-json' }, exchange);
    return undefined;
  }
}

/** Answers a request for a task: faults first, then `answer`, which may refuse by throwing `invalid_request`. */
export function tellTask(
  seen: TaskRequestSeen,
  model: TaskModel,
  said: string,
  answer: () => HttpAnswer,
): void {
  const { exchange, context, id, servedBy } = seen;
  const { record, requestId } = exchange;
  record.model = model.id;
  record.stream = false;
  exchange.headers['x-inference-provider'] = servedBy;
  const order = exchange.header('x-simulate-fault') ?? modelReference(id).fault;
  const chosen = context.faults.take(order, model.id, voice.protocol);
  if (chosen !== undefined) record.fault = chosen.fault.id;
  const replaced = chosen?.fault.replace?.({
    stream: false,
    after: chosen.after,
    voice,
    requestId,
  });
  if (replaced === 'hang') return;
  if (replaced === 'reset') {
    exchange.over('failed');
    exchange.cut();
    exchange.socket.resetAndDestroy();
    return;
  }
  let told: HttpAnswer;
  try {
    told = replaced ?? answer();
  } catch (reason) {
    if (!InferwayError.is(reason) || reason.code !== 'invalid_request') throw reason;
    told = unread(reason);
  }
  exchange.over(told.status < 300 ? 'complete' : 'refused');
  if (told.status < 300) {
    const billTo = exchange.header('x-hf-bill-to');
    context.bill.add(PRICES, {
      requestId,
      tenant: record.tenant ?? '',
      protocol: voice.protocol,
      operation: model.task,
      model: model.id,
      servedBy,
      ...(billTo === undefined ? {} : { billTo }),
      stream: false,
      usage: { inputTokens: countTokens(said), outputTokens: 0 },
      status: 'complete',
      at: context.clock.wallTime(),
    });
  }
  exchange.send(told);
}

/** As the servers behind it refuse a body: in plain text where a field is missing, in JSON else. */
function unread({ message, param }: InferwayError): HttpAnswer {
  if (param === 'inputs' && message.includes('missing')) {
    return {
      status: 422,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: 'Failed to deserialize the JSON body into the target type: missing field `inputs` at line 1 column 2',
    };
  }
  return { status: 400, body: { error: message, error_type: 'validation' } };
}

/** What of a body a bill counts: its text. */
export function textOf(value: unknown): string {
  return value instanceof BytesBody ? '' : (JSON.stringify(value) ?? '');
}
