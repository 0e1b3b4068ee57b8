import type { Call } from '../../call.js';
import type { Breaker } from './breaker.js';

/**
 * The breaker that was looked for last: calls mostly go where the last one went, and making and hashing a key costs more than all the rest. Nothing
 * makes room in the table of breakers but the search for another one, so it is the one that stands there.
 */
export class LastFound {
  readonly #provider: string;
  readonly #model: string;
  readonly #credential: string | undefined;
  readonly #breaker: Breaker;

  constructor({ model, credential }: Call, breaker: Breaker) {
    this.#provider = model.provider;
    this.#model = model.id;
    this.#credential = credential?.id;
    this.#breaker = breaker;
  }

  /** The breaker, where it is that of `call`. */
  of({ model, credential }: Call): Breaker | undefined {
    return model.id === this.#model &&
      model.provider === this.#provider &&
      credential?.id === this.#credential
      ? this.#breaker
      : undefined;
  }
}
