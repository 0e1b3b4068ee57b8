import type { ServerResponse } from 'node:http';
import type { Clock } from '@inferway/core';
import type { ChunkedBody } from './chunked-body.js';

/** A stream that is being written, as the heartbeat sees it. */
export interface Beating {
  readonly response: ServerResponse;
  readonly body: ChunkedBody;
  /** Set with every write, and taken back by the heartbeat. */
  wrote: boolean;
}

const EVERY_MS = 15_000;
// A comment: every client of server-sent events skips it.
const COMMENT = ': keep-alive\n\n';

/**
 * Writes a comment into streams that were silent for a while, so that nothing between here and the caller takes the connection for dead.
 * One timer for all streams, and none while there are no streams.
 */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #streams = new Set<Beating>();
  #timer: unknown;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(stream: Beating): void {
    this.#streams.add(stream);
    this.#timer ??= this.#clock.setTimer(this.#beat, EVERY_MS);
  }

  delete(stream: Beating): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  readonly #beat = (): void => {
    for (const stream of this.#streams) {
      if (!stream.wrote && !stream.response.writableNeedDrain) stream.body.write(COMMENT);
      stream.wrote = false;
    }
    this.#timer = this.#clock.setTimer(this.#beat, EVERY_MS);
  };
}
