import type { Exchange } from '../../http/exchange.js';
import { answer, type Desk } from './desk.js';
import { predictionJson } from './prediction-json.js';
import type { Prediction } from './prediction.js';

const LONGEST_HOLD = 60;

/** The seconds that a `Prefer` header asks to be held; undefined where it asks for nothing. */
export function holdSeconds(header: string | undefined): number | 'invalid' | undefined {
  if (header === undefined || !header.trim().startsWith('wait')) return undefined;
  const [whole, seconds] = /^wait(?:=(\d+))?$/u.exec(header.trim()) ?? [];
  if (whole === undefined) return 'invalid';
  const asked = seconds === undefined ? LONGEST_HOLD : Number(seconds);
  return asked >= 1 && asked <= LONGEST_HOLD ? asked : 'invalid';
}

/** Answers with the prediction: at once, or when it is over, or when the time is up. A client that leaves changes nothing for it. */
export function holdThenAnswer(
  desk: Desk,
  exchange: Exchange,
  prediction: Prediction,
  seconds: number | undefined,
): void {
  const { clock } = desk;
  if (seconds === undefined) {
    answer(exchange, predictionJson(prediction, clock), 201);
    return;
  }
  exchange.headers['preference-applied'] = `wait=${seconds}`;
  const finish = (): void => {
    unwatch();
    clock.clearTimer(timer);
    if (!exchange.gone) answer(exchange, predictionJson(prediction, clock), 201);
  };
  const timer = clock.setTimer(finish, seconds * 1000);
  const unwatch = prediction.watch(() => {
    if (prediction.over) finish();
  });
  exchange.onLeave(() => {
    unwatch();
    clock.clearTimer(timer);
    exchange.over('cancelled');
  });
}
