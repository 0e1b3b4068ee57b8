import type { Operation } from '@inferway/core';
import type { Generation } from '../answer/generation.js';
import type { ChosenFault } from '../faults/fault-control.js';
import { editJson, editSse } from '../faults/sse-edit.js';
import { Delivery } from '../http/delivery.js';
import type { Exchange } from '../http/exchange.js';
import type { Frame } from '../http/frame.js';
import type { Claim } from '../limits/rate-limiter.js';
import { tempo } from '../pace/pace.js';
import { hashText, SeededRandom } from '../seeded-random.js';
import type { CacheUse } from '../usage/prompt-cache.js';
import type { SimulatorContext } from './context.js';
import type { AnyEndpoint, Served } from './endpoint.js';
import type { Heard } from './heard.js';
import { linked } from './link.js';
import { Meter } from './meter.js';
import type { Told } from './told.js';
import { unaryFrames } from './unary-frames.js';
import { signed, wireText } from './wire-text.js';

/** An answer that is ready to be told. */
export interface Telling<K extends Operation> {
  readonly endpoint: AnyEndpoint<K>;
  readonly context: SimulatorContext;
  readonly exchange: Exchange;
  readonly heard: Heard<K>;
  readonly served: Served;
  readonly generation: Generation<K>;
  readonly cache: CacheUse | undefined;
  readonly chosen: ChosenFault | undefined;
  settle(used: Claim): void;
}

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
};

/** Sends an answer, whole or in a stream, and bills what was generated. */
export function tell<K extends Operation>(telling: Telling<K>): void {
  const { exchange, context, endpoint, heard, served, generation, chosen } = telling;
  const fault = chosen?.fault;
  const stream = heard.stream && fault?.unasked !== 'unary';
  const meter = new Meter(heard.inputTokens, telling.cache, generation);
  const usage = meter.usage(true);
  // The same request takes another time each time, as with a real model; the n-th request always the same.
  const random = new SeededRandom(hashText(exchange.requestId, context.seed));
  const pace = tempo(served.model.pace, context.pace, random);
  const created = Math.floor(context.clock.wallTime() / 1000);
  const { tokensPerChunk } = pace;
  const as = { shownAs: served.shownAs, created, usage, stream, tokensPerChunk };
  const answer = wireText(endpoint, heard, generation, as);
  const id = endpoint.voice.answerId(exchange.requestId);
  const { mediaType } = answer;
  // The bytes of a file are nobody's text.
  const dress = (text: string): string =>
    mediaType === undefined ? linked(signed(text, answer, id, created), exchange) : text;
  const encoding = mediaType === undefined ? 'utf8' : 'latin1';

  const atOnce = pace.instant && pace.writes === 'whole' && fault === undefined;
  let frames: Iterable<Frame>;
  let body: string | undefined;
  if (!stream) {
    body = dress(answer.text ?? textOf(answer.frames));
    if (fault?.edit !== undefined && mediaType === undefined) body = editJson(body, fault.edit);
    frames = unaryFrames(body, usage, pace, fault?.frames !== undefined);
  } else if (atOnce && answer.text !== undefined) {
    frames = [{ kind: 'end', text: dress(answer.text), tokens: generation.outputTokens }];
  } else frames = dressed(answer, dress, fault?.edit);

  const announced = fault?.frames === undefined || fault.announced === true;
  const { requestId } = exchange;
  const faultContext = { stream, after: chosen?.after ?? 0, voice: endpoint.voice, requestId };
  new Delivery({
    exchange,
    frames: fault?.frames?.(frames, faultContext) ?? frames,
    tempo: pace,
    text: stream ? fault?.text : undefined,
    encoding,
    packets: fault?.packets,
    begin() {
      const length =
        body !== undefined && announced
          ? { 'content-length': String(Buffer.byteLength(body, encoding)) }
          : undefined;
      const type = contentHeaders(stream, mediaType);
      const elapsedMs = context.clock.now() - exchange.record.receivedAt;
      const more = endpoint.voice.answerHeaders?.(elapsedMs, { stream, usage });
      exchange.begin(200, { ...type, ...length, ...more, ...fault?.headers });
    },
    generated(frame) {
      meter.add(frame);
    },
    over(outcome) {
      exchange.over(outcome);
      bill(telling, stream, meter, outcome);
    },
  }).start();
}

function contentHeaders(
  stream: boolean,
  mediaType: string | undefined,
): Readonly<Record<string, string>> {
  if (mediaType !== undefined) return { 'content-type': mediaType };
  return stream ? STREAM_HEADERS : { 'content-type': 'application/json' };
}

function textOf(frames: Iterable<Frame>): string {
  let text = '';
  for (const frame of frames) text += frame.text;
  return text;
}

function* dressed(
  answer: Told,
  dress: (text: string) => string,
  edit: ((payload: Record<string, unknown>) => void) | undefined,
): Iterable<Frame> {
  for (const frame of answer.frames) {
    const text = dress(frame.text);
    yield {
      ...frame,
      text: edit === undefined || answer.mediaType !== undefined ? text : editSse(text, edit),
    };
  }
}

function bill<K extends Operation>(
  { context, exchange, endpoint, served, heard, settle }: Telling<K>,
  stream: boolean,
  meter: Meter,
  status: 'complete' | 'failed' | 'cancelled',
): void {
  const usage = meter.usage(status === 'complete');
  settle({ inputTokens: heard.inputTokens, outputTokens: usage.outputTokens ?? 0 });
  context.bill.add(served.prices, {
    requestId: exchange.requestId,
    tenant: exchange.record.tenant ?? '',
    protocol: endpoint.voice.protocol,
    operation: endpoint.format.operation,
    model: served.model.id,
    ...(served.servedBy === undefined ? {} : { servedBy: served.servedBy }),
    ...(served.billTo === undefined ? {} : { billTo: served.billTo }),
    stream,
    usage,
    status,
    at: context.clock.wallTime(),
  });
}
