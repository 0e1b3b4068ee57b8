import { sse } from '@inferway/wire';
import { Delivery } from '../../http/delivery.js';
import type { Exchange } from '../../http/exchange.js';
import type { Frame } from '../../http/frame.js';
import type { Route } from '../protocol.js';
import { notFound, type Desk } from './desk.js';
import { isRemoved } from './prediction-json.js';
import type { StreamEvent } from './prediction-record.js';
import type { Prediction } from './prediction.js';
import { replicateVoice as voice } from './voice.js';

/** The event stream of a prediction: everything from its beginning, or from after `Last-Event-ID`. Whoever has the URL may read it. */
export function streamRoute(desk: Desk): Route {
  return {
    method: 'GET',
    path: /^\/stream\/v1\/(?:files|predictions)\/([\w-]+)$/u,
    handle(exchange, [id = '']) {
      const prediction = desk.predictions.get(id);
      if (prediction === undefined || isRemoved(prediction, desk.clock)) return notFound(exchange);
      stream(desk, exchange, prediction);
    },
  };
}

const KINDS = { output: 'text', logs: 'start', error: 'finish', done: 'end' } as const;

function stream(desk: Desk, exchange: Exchange, prediction: Prediction): void {
  const order = exchange.header('x-simulate-fault');
  const chosen =
    order === undefined
      ? prediction.streamFault
      : desk.context.faults.take(order, prediction.order.model.name, voice.protocol);
  prediction.streamFault = undefined;
  const fault = chosen?.fault;
  if (fault !== undefined) exchange.record.fault = fault.id;
  exchange.record.stream = true;
  const { requestId } = exchange;
  const from = indexAfter(exchange.header('last-event-id'));
  const frames = framesOf(prediction, from);
  const context = { stream: true, after: chosen?.after ?? 0, voice, requestId };
  new Delivery({
    exchange,
    frames: fault?.frames?.(frames, context) ?? frames,
    // The prediction has the tempo.
    tempo: { instant: true, writes: 'whole', tokensPerChunk: 1, delay: () => 0 },
    text: fault?.text,
    packets: fault?.packets,
    begin() {
      exchange.begin(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        ...fault?.headers,
      });
    },
    generated() {},
    over(outcome) {
      exchange.over(outcome);
    },
  }).start();
}

function* framesOf(prediction: Prediction, from: number): Iterable<Frame> {
  for (let index = from; ;) {
    const event = prediction.events[index];
    if (event === undefined) {
      if (prediction.over) return;
      yield {
        kind: 'start',
        text: '',
        tokens: 0,
        until(goOn) {
          const unwatch = prediction.watch(() => {
            unwatch();
            goOn();
          });
        },
      };
      continue;
    }
    yield { kind: KINDS[event.event], text: messageOf(event, index), tokens: 0 };
    if (event.event === 'done') return;
    index++;
  }
}

function messageOf({ event, data, at }: StreamEvent, index: number): string {
  return `id: ${at}:${index}\n${sse(data, event)}`;
}

/** `1690212292:4` → 5. */
function indexAfter(lastEventId: string | undefined): number {
  const [, index] = /^\d+:(\d+)$/u.exec(lastEventId ?? '') ?? [];
  return index === undefined ? 0 : Number(index) + 1;
}
