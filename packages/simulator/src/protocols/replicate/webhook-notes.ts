import type { Clock } from '@inferway/core';
import { predictionJson } from './prediction-json.js';
import type { PredictionRecord, WebhookOrder } from './prediction-record.js';
import type { WebhookSender } from './webhook-sender.js';

export const WEBHOOK_EVENTS = ['start', 'output', 'logs', 'completed'] as const;

type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

const SHORTEST_GAP_MS = 500;

/** Decides which changes of a prediction are posted. */
export class WebhookNotes {
  readonly #sender: WebhookSender;
  readonly #clock: Clock;
  readonly #order: WebhookOrder | undefined;
  #lastAt = -Infinity;

  constructor(sender: WebhookSender, clock: Clock, order: WebhookOrder | undefined) {
    this.#sender = sender;
    this.#clock = clock;
    this.#order = order;
  }

  tell(prediction: PredictionRecord, event: WebhookEvent): void {
    const order = this.#order;
    if (order === undefined) return;
    if (!(order.events ?? ['output', 'completed']).includes(event)) return;
    if (event === 'output' || event === 'logs') {
      const now = this.#clock.now();
      if (now - this.#lastAt < SHORTEST_GAP_MS) return;
      this.#lastAt = now;
    }
    const body = JSON.stringify(predictionJson(prediction, this.#clock));
    this.#sender.send(order.url, body, event === 'completed');
  }
}
