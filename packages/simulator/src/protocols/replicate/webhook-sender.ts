import { systemClock, type Clock } from '@inferway/core';
import { createHash, createHmac } from 'node:crypto';

/** What a delivery's fate looks like to a test. */
const TRIES = 5;
const FIRST_WAIT_MS = 1000;
const TIMEOUT_MS = 10_000;

/** Posts to the webhooks that predictions name, signed as the Standard Webhooks say. */
export class WebhookSender {
  /** Of the account: `whsec_` and base64. */
  readonly secret: string;
  readonly #key: Buffer;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  readonly #timers = new Set<unknown>();
  #count = 0;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.#key = createHash('sha256').update(`webhook secret ${seed}`).digest();
    this.secret = `whsec_${this.#key.toString('base64')}`;
  }

  /** Posts `body`. What is `last` of a prediction is tried again where it does not arrive, with the same id. */
  send(url: string, body: string, last: boolean): void {
    const id = `msg_sim${String(++this.#count).padStart(6, '0')}`;
    void this.#try(url, id, body, last ? TRIES : 1, FIRST_WAIT_MS);
  }

  close(): void {
    this.#closed.abort();
    for (const timer of this.#timers) this.#clock.clearTimer(timer);
    this.#timers.clear();
  }

  async #try(url: string, id: string, body: string, left: number, waitMs: number): Promise<void> {
    if ((await this.#post(url, id, body)) || left <= 1 || this.#closed.signal.aborted) return;
    const timer = this.#clock.setTimer(() => {
      this.#timers.delete(timer);
      void this.#try(url, id, body, left - 1, waitMs * 2);
    }, waitMs);
    this.#timers.add(timer);
  }

  /** True where it arrived. A redirect is not followed: it did not. */
  async #post(url: string, id: string, body: string): Promise<boolean> {
    const timestamp = String(Math.floor(this.#clock.wallTime() / 1000));
    const limit = new AbortController();
    const timer = systemClock.setTimer(() => limit.abort(), TIMEOUT_MS);
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': `v1,${this.sign(id, timestamp, body)}`,
        },
        body,
        signal: AbortSignal.any([this.#closed.signal, limit.signal]),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    } finally {
      systemClock.clearTimer(timer);
    }
  }

  /** Base64 of the HMAC-SHA256 over id, timestamp and body. */
  sign(id: string, timestamp: string, body: string): string {
    return createHmac('sha256', this.#key).update(`${id}.${timestamp}.${body}`).digest('base64');
  }
}
