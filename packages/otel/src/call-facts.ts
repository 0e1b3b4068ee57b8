import { FactBag } from './fact-bag.js';

/** What layers told of one call, by what it is about. Targets are named `provider/model`. */
export class CallFacts {
  readonly call: FactBag = new FactBag();
  readonly #targets = new Map<string, FactBag>();
  readonly #attempts = new Map<number, FactBag>();
  readonly #next = new Map<string, FactBag>();

  target(name: string): FactBag {
    return made(this.#targets, name);
  }

  attempt(number: number): FactBag {
    return made(this.#attempts, number);
  }

  /** Of the attempt at a target that comes next. */
  next(target: string): FactBag {
    return made(this.#next, target);
  }

  /** What is known of a target so far, once. */
  takeTarget(name: string): FactBag | undefined {
    return taken(this.#targets, name);
  }

  takeAttempt(number: number): FactBag | undefined {
    return taken(this.#attempts, number);
  }

  takeNext(target: string): FactBag | undefined {
    return taken(this.#next, target);
  }
}

function made<K>(bags: Map<K, FactBag>, key: K): FactBag {
  let bag = bags.get(key);
  if (bag === undefined) bags.set(key, (bag = new FactBag()));
  return bag;
}

function taken<K>(bags: Map<K, FactBag>, key: K): FactBag | undefined {
  const bag = bags.get(key);
  bags.delete(key);
  return bag;
}
