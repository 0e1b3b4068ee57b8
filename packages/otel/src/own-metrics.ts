import type { Attributes, Context, Counter, Histogram, Meter } from '@opentelemetry/api';
import { SECONDS } from './buckets.js';
import { LIMIT_WAIT_DURATION, OWN_COUNTERS, type OwnCounter } from './own-instruments.js';

/** Our own instruments, each made when it is first needed: most programs use few of the layers. */
export class OwnMetrics {
  readonly #meter: Meter;
  readonly #counters = new Map<OwnCounter, Counter>();
  #waits: Histogram | undefined;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  add(name: OwnCounter, amount: number, labels: Attributes, context: Context): void {
    let counter = this.#counters.get(name);
    if (counter === undefined) {
      const [unit, description] = OWN_COUNTERS[name];
      counter = this.#meter.createCounter(name, { unit, description });
      this.#counters.set(name, counter);
    }
    counter.add(amount, labels, context);
  }

  waited(seconds: number, labels: Attributes, context: Context): void {
    this.#waits ??= this.#meter.createHistogram(LIMIT_WAIT_DURATION, {
      unit: 's',
      description: 'How long calls waited for room in a limit.',
      advice: { explicitBucketBoundaries: SECONDS },
    });
    this.#waits.record(seconds, labels, context);
  }
}
