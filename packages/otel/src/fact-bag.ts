import { AttributeBag } from './attribute-bag.js';

// One call tells few; what a broken layer tells again and again must not grow a span.
const LONGEST_LIST = 32;

/** Attributes that grow while a call runs. */
export class FactBag extends AttributeBag {
  get isEmpty(): boolean {
    for (const _name in this.values) return false;
    return true;
  }

  /** Adds to a number; what is no number adds nothing. */
  sum(name: string, value: unknown): this {
    if (typeof value !== 'number' || !Number.isFinite(value)) return this;
    return this.number(name, ((this.values[name] as number | undefined) ?? 0) + value);
  }

  /** Adds a text to a list. */
  append(name: string, text: unknown): this {
    if (typeof text !== 'string' || text === '') return this;
    const list = (this.values[name] as string[] | undefined) ?? [];
    if (list.length < LONGEST_LIST) this.values[name] = [...list, text];
    return this;
  }

  /** An amount in nano-dollars, as dollars. */
  dollars(name: string, nanos: unknown): this {
    return typeof nanos === 'number' ? this.number(name, nanos / 1e9) : this;
  }

  sumDollars(name: string, nanos: unknown): this {
    return typeof nanos === 'number' ? this.sum(name, nanos / 1e9) : this;
  }
}
