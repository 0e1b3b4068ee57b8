import { InferwayError } from '../../error.js';
import { copyError } from '../../error-copy.js';
import type { EventSource } from '../../events.js';
import type { Usage } from '../../usage.js';
import type { Reader, SharedStream } from './shared-stream.js';

/** What one caller reads of a shared stream: all of it from the beginning, at the caller's own pace. */
export class MemberSource<E> implements EventSource<E>, Reader {
  position = 0;
  readonly #shared: SharedStream<E>;
  readonly #leads: boolean;
  readonly #left: () => void;
  #behind = false;

  /** @param left Told when this caller is done, however: more than once, perhaps. */
  constructor(shared: SharedStream<E>, leads: boolean, left: () => void) {
    this.#shared = shared;
    this.#leads = leads;
    this.#left = left;
    shared.enter(this);
  }

  get usage(): Usage | undefined {
    return this.#shared.usage;
  }

  async pull(): Promise<readonly E[] | undefined> {
    for (;;) {
      if (this.#behind) throw tooFarBehind();
      const events = this.#shared.take(this);
      if (events !== undefined) return events;
      if (this.#shared.ended) break;
      await this.#shared.more();
    }
    this.#leave();
    const { error } = this.#shared;
    if (error !== undefined) throw this.#leads ? error : copyError(error);
    return undefined;
  }

  cancel(): void {
    this.#leave();
  }

  cutOff(): void {
    this.#behind = true;
    this.#leave();
  }

  #leave(): void {
    this.#shared.leave(this);
    this.#left();
  }
}

function tooFarBehind(): InferwayError {
  return new InferwayError('too_large', {
    message:
      'coalesce: this caller read a shared stream so slowly that it fell further behind the others than maxBytes. Read faster, raise maxBytes, or let the call go alone (cacheMode "bypass").',
    param: 'maxBytes',
  });
}
