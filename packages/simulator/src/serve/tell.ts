import type { Operation, Usage } from '@inferway/core';
import type { EncodeAs, StreamAs } from '@inferway/wire';
import type { Generation } from '../answer/generation.js';
import type { ChosenFault } from '../faults/fault-control.js';
import { editJson, editSse } from '../faults/sse-edit.js';
import { Delivery } from '../http/delivery.js';
import type { Exchange } from '../http/exchange.js';
import type { Frame } from '../http/frame.js';
import type { Claim } from '../limits/rate-limiter.js';
import { tempo, type Tempo } from '../pace/pace.js';
import type { SeededRandom } from '../seeded-random.js';
import type { CacheUse } from '../usage/prompt-cache.js';
import type { SimulatorContext } from './context.js';
import type { Endpoint, Served } from './endpoint.js';
import { Meter } from './meter.js';

/** An answer that is ready to be told. */
export interface Telling<K extends Operation> {
  readonly endpoint: Endpoint<K>;
  readonly context: SimulatorContext;
  readonly exchange: Exchange;
  readonly served: Served;
  readonly generation: Generation<K>;
  readonly stream: boolean;
  readonly streamAs: StreamAs;
  readonly inputTokens: number;
  readonly cache: CacheUse | undefined;
  readonly chosen: ChosenFault | undefined;
  readonly random: SeededRandom;
  settle(used: Claim): void;
}

/** Sends an answer, whole or in a stream, and bills what was generated. */
export function tell<K extends Operation>(telling: Telling<K>): void {
  const { exchange, context, served, endpoint, generation, chosen } = telling;
  const meter = new Meter(telling.inputTokens, telling.cache, generation);
  const pace = tempo(served.model.pace, context.pace, telling.random.fork('pace'));
  const as: EncodeAs = {
    id: endpoint.voice.answerId(exchange.requestId),
    model: served.shownAs,
    created: Math.floor(context.clock.wallTime() / 1000),
  };
  const over = (outcome: 'complete' | 'failed' | 'cancelled'): void => {
    exchange.over(outcome);
    const usage = meter.usage(outcome === 'complete');
    telling.settle({ inputTokens: telling.inputTokens, outputTokens: usage.outputTokens ?? 0 });
    context.bill.add(served.prices, {
      requestId: exchange.requestId,
      tenant: exchange.record.tenant ?? '',
      protocol: endpoint.voice.protocol,
      operation: endpoint.format.operation,
      model: served.model.id,
      ...(served.servedBy === undefined ? {} : { servedBy: served.servedBy }),
      ...(served.billTo === undefined ? {} : { billTo: served.billTo }),
      stream: telling.stream,
      usage,
      status: outcome,
      at: context.clock.wallTime(),
    });
  };
  const whole = meter.usage(true);
  const fault = chosen?.fault;
  const body = telling.stream ? undefined : unaryBody(telling, as, whole);
  const frames =
    body === undefined
      ? streamFrames(telling, as, pace, whole)
      : unaryFrames(body, whole, pace, fault?.frames !== undefined);
  const faultContext = { stream: telling.stream, after: chosen?.after ?? 0, voice: endpoint.voice };
  const announced = fault?.frames === undefined || fault.announced === true;
  new Delivery({
    exchange,
    frames: fault?.frames?.(frames, faultContext) ?? frames,
    tempo: pace,
    text: telling.stream ? fault?.text : undefined,
    packets: fault?.packets,
    begin: () => {
      exchange.begin(200, {
        ...(body === undefined ? STREAM_HEADERS : { 'content-type': 'application/json' }),
        ...(body !== undefined && announced
          ? { 'content-length': String(Buffer.byteLength(body)) }
          : {}),
        ...fault?.headers,
      });
    },
    generated: (frame) => {
      meter.add(frame);
    },
    over,
  }).start();
}

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
};

function unaryBody<K extends Operation>(telling: Telling<K>, as: EncodeAs, usage: Usage): string {
  const { format } = telling.endpoint;
  const body = JSON.stringify(
    format.encodeResponse({ result: telling.generation.result(), usage }, as),
  );
  const edit = telling.chosen?.fault.edit;
  return edit === undefined ? body : editJson(body, edit);
}

const UNARY_STEP = 8;
const UNARY_PIECES = 4;

/** The time that a whole answer takes, in steps that can be billed, then its body: at once, or in pieces for a fault to cut. */
function* unaryFrames(body: string, usage: Usage, pace: Tempo, inPieces: boolean): Iterable<Frame> {
  let left = usage.outputTokens ?? 0;
  let thought = usage.reasoningTokens ?? 0;
  // Without latency nobody can leave in between, and one step will do.
  const step = pace.instant ? Infinity : UNARY_STEP;
  while (left > 0) {
    const kind = thought > 0 ? 'thought' : 'text';
    const tokens = Math.min(step, thought > 0 ? thought : left);
    yield { kind, text: '', tokens };
    left -= tokens;
    if (thought > 0) thought -= tokens;
  }
  let from = 0;
  if (inPieces) {
    const size = Math.max(1, Math.floor(body.length / UNARY_PIECES));
    for (; from + size < body.length; from += size) {
      yield { kind: 'text', text: body.slice(from, from + size), tokens: 0 };
    }
  }
  yield { kind: 'end', text: body.slice(from), tokens: 0 };
}

function* streamFrames<K extends Operation>(
  telling: Telling<K>,
  as: EncodeAs,
  pace: Tempo,
  usage: Usage,
): Iterable<Frame> {
  const { endpoint, generation, streamAs, chosen } = telling;
  const encoder = endpoint.format.streamEncoder?.({ ...as, ...streamAs });
  if (encoder === undefined) return;
  const edit = chosen?.fault.edit;
  for (const step of generation.steps(pace.tokensPerChunk, usage)) {
    let text = encoder.encode(step.events);
    if (step.kind === 'start' && endpoint.start !== undefined) {
      text = editSse(text, (payload) => endpoint.start?.(payload, usage));
    }
    if (edit !== undefined) text = editSse(text, edit);
    yield { kind: step.kind, text, tokens: step.tokens };
  }
}
