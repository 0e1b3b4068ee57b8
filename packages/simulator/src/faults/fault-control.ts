import { InferwayError } from '@inferway/core';
import type { SeededRandom } from '../seeded-random.js';
import type { Fault } from './fault.js';

/** When a fault is done. */
export interface FaultRule {
  /** How many pieces with content pass before it happens; each fault has its own default. */
  readonly after?: number | undefined;
  /** How many requests it is done to. `next`: 1 by default; `set`: without end. */
  readonly times?: number | undefined;
  /** From 0 to 1: how likely it is for one request, by the simulator's seed. 1 by default. */
  readonly probability?: number | undefined;
  /** Only to requests for this model. */
  readonly model?: string | undefined;
  /** Only to requests in this protocol. */
  readonly protocol?: string | undefined;
}

/** Orders faults. A fault named by the request itself (header or model id) comes before these. */
export interface FaultControl {
  /** Does a fault to the next matching request, or the next `times`. Several wait in order. */
  next(fault: string | Fault, rule?: FaultRule): void;
  /** Does a fault to every matching request from now on. */
  set(fault: string | Fault, rule?: FaultRule): void;
  /** Forgets all orders. */
  clear(): void;
}

/** A fault that is to be done to one request. */
export interface ChosenFault {
  readonly fault: Fault;
  readonly after: number;
}

interface Order extends FaultRule {
  readonly fault: Fault;
  left: number;
}

export class FaultBook implements FaultControl {
  readonly #known: ReadonlyMap<string, Fault>;
  readonly #random: SeededRandom;
  #orders: Order[] = [];

  constructor(known: readonly Fault[], random: SeededRandom) {
    this.#known = new Map(known.map((fault) => [fault.id.toLowerCase(), fault]));
    this.#random = random;
  }

  next(fault: string | Fault, rule: FaultRule = {}): void {
    this.#orders.push({ ...rule, fault: this.#find(fault), left: rule.times ?? 1 });
  }

  set(fault: string | Fault, rule: FaultRule = {}): void {
    this.#orders.push({ ...rule, fault: this.#find(fault), left: rule.times ?? Infinity });
  }

  clear(): void {
    this.#orders = [];
  }

  /** The fault for a request, if any: what the request itself asks for, else the first order that fits. */
  take(asked: string | undefined, model: string, protocol: string): ChosenFault | undefined {
    if (asked !== undefined) return this.#parse(asked);
    if (this.#orders.length === 0) return undefined;
    for (const order of this.#orders) {
      if (order.model !== undefined && order.model !== model) continue;
      if (order.protocol !== undefined && order.protocol !== protocol) continue;
      if (order.probability !== undefined && this.#random.next() >= order.probability) continue;
      if (--order.left <= 0) this.#orders = this.#orders.filter((other) => other !== order);
      return { fault: order.fault, after: order.after ?? order.fault.after ?? 0 };
    }
    return undefined;
  }

  /** `F05`, `F05@3` (after three pieces), `F05; after=3`. */
  #parse(text: string): ChosenFault {
    const [, id = text, after] =
      /^([\w-]+)(?:\s*[@;]\s*(?:after=)?(\d+))?$/u.exec(text.trim()) ?? [];
    const fault = this.#find(id);
    return { fault, after: after === undefined ? (fault.after ?? 0) : Number(after) };
  }

  #find(fault: string | Fault): Fault {
    if (typeof fault !== 'string') return fault;
    const found = this.#known.get(fault.toLowerCase());
    if (found === undefined) {
      throw new InferwayError('invalid_request', {
        message: `The simulator has no fault "${fault.slice(0, 60)}". It has: ${[...this.#known.values()].map(({ id }) => id).join(', ')}.`,
      });
    }
    return found;
  }
}
