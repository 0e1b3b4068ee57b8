import type { Tempo } from '../pace/pace.js';
import type { Exchange } from './exchange.js';
import type { Act, Frame, FrameOrAct } from './frame.js';

/** How the pieces of an answer get out. */
export interface DeliveryPlan {
  readonly exchange: Exchange;
  readonly frames: Iterable<FrameOrAct>;
  readonly tempo: Tempo;
  /** Changes text on its way out. */
  readonly text?: ((text: string) => string) | undefined;
  readonly packets?: { readonly bytes: number; readonly gapMs: number } | undefined;
  /** How frames stand for bytes; `latin1` for those of a file. Default `utf8`. */
  readonly encoding?: 'utf8' | 'latin1' | undefined;
  /** Writes status and headers: called once, before the first byte of the body. */
  begin(): void;
  /** A frame is generated: called before it is written. */
  generated(frame: Frame): void;
  /** The answer is over, once. */
  over(outcome: 'complete' | 'failed' | 'cancelled'): void;
}

// Bytes must have left before a RST, which throws away what is still to be sent.
const RESET_AFTER_MS = 5;
// Longer answers go out in several writes, so that a client that does not read holds up the rest.
const LARGEST_WRITE = 64 * 1024;

/** Writes an answer's pieces in its tempo, and does what a fault wants done between them. No timer runs where nothing takes time. */
export class Delivery {
  readonly #plan: DeliveryPlan;
  readonly #frames: Iterator<FrameOrAct>;
  readonly #startedAt: number;
  #due = 0;
  #pending = '';
  #timer: unknown;
  #begun = false;
  #finished = false;
  #ended = false;

  constructor(plan: DeliveryPlan) {
    this.#plan = plan;
    this.#frames = plan.frames[Symbol.iterator]();
    this.#startedAt = plan.exchange.clock.now();
  }

  /** Sends the answer; returns at once. */
  start(): void {
    this.#plan.exchange.onLeave(() => {
      this.#stop('cancelled');
    });
    this.#turn();
  }

  /** Goes on until something must be waited for. */
  readonly #turn = (): void => {
    const { tempo, exchange } = this.#plan;
    const { clock } = exchange;
    while (!exchange.gone) {
      const next = this.#frames.next();
      if (next.done === true) {
        this.#flush(this.#end);
        return;
      }
      const frame = next.value;
      if ('act' in frame) {
        this.#flush(() => {
          this.#act(frame);
        });
        return;
      }
      const { until } = frame;
      if (until !== undefined) {
        this.#flush(() => {
          exchange.response.flushHeaders();
          until(this.#turn);
        });
        return;
      }
      if (!tempo.instant) {
        this.#due += tempo.delay(frame.tokens);
        const wait = this.#startedAt + this.#due - clock.now();
        if (wait > 0) {
          this.#timer = clock.setTimer(() => {
            this.#put(frame);
            this.#flush(this.#turn);
          }, wait);
          return;
        }
      }
      this.#put(frame);
      const full = this.#pending.length >= LARGEST_WRITE;
      if (full || (tempo.writes === 'each' && frame.text !== '')) {
        this.#flush(() => setImmediate(this.#turn));
        return;
      }
    }
  };

  #put(frame: Frame): void {
    this.#plan.generated(frame);
    if (frame.kind === 'end') this.#ended = true;
    this.#pending += frame.text;
  }

  /** Writes what is pending and goes on when the client has room for more. */
  #flush(then: () => void): void {
    const text = this.#plan.text === undefined ? this.#pending : this.#plan.text(this.#pending);
    this.#pending = '';
    if (!this.#begun && (text !== '' || then !== this.#turn)) {
      this.#begun = true;
      this.#plan.begin();
    }
    const { response } = this.#plan.exchange;
    const { packets, encoding = 'utf8' } = this.#plan;
    if (packets !== undefined) this.#trickle(Buffer.from(text, encoding), 0, packets, then);
    else if (then === this.#end) {
      response.end(text, encoding);
      this.#stop('complete');
    } else if (text === '' || response.write(text, encoding)) then();
    else response.once('drain', then);
  }

  /** Writes a few bytes at a time. */
  #trickle(
    bytes: Buffer,
    from: number,
    packets: { readonly bytes: number; readonly gapMs: number },
    then: () => void,
  ): void {
    const { response, clock, gone } = this.#plan.exchange;
    if (gone) return;
    if (from >= bytes.length) {
      then();
      return;
    }
    response.write(bytes.subarray(from, from + packets.bytes));
    const next = (): void => {
      this.#trickle(bytes, from + packets.bytes, packets, then);
    };
    if (packets.gapMs > 0) this.#timer = clock.setTimer(next, packets.gapMs);
    else setImmediate(next);
  }

  readonly #end = (): void => {
    this.#plan.exchange.response.end();
    this.#stop('complete');
  };

  #act(act: Act): void {
    const { response, clock, socket } = this.#plan.exchange;
    // Whatever happens to the connection now, an answer whose end was sent was given whole.
    const outcome = this.#ended ? 'complete' : 'failed';
    switch (act.act) {
      case 'end':
        response.end();
        this.#stop(outcome);
        break;
      case 'fin':
        this.#stop(outcome);
        this.#plan.exchange.cut();
        socket.end();
        break;
      case 'reset':
        this.#stop(outcome);
        this.#plan.exchange.cut();
        clock.setTimer(() => socket.resetAndDestroy(), RESET_AFTER_MS);
        break;
      case 'hang':
        response.flushHeaders();
        this.#stop(outcome);
        break;
      case 'repeat': {
        this.#stop(outcome);
        const again = (): void => {
          if (response.destroyed) return;
          response.write(act.text);
          clock.setTimer(again, act.everyMs);
        };
        again();
      }
    }
  }

  #stop(outcome: 'complete' | 'failed' | 'cancelled'): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#plan.exchange.clock.clearTimer(this.#timer);
    this.#plan.over(outcome);
  }
}
