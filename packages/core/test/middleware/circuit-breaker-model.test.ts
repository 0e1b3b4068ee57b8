import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Breaker, type Ticket } from '../../src/middleware/circuit-breaker/breaker.js';
import {
  breakerRules,
  type BreakerRules,
} from '../../src/middleware/circuit-breaker/breaker-options.js';

type End = 'answer' | 'failure' | 'nothing' | 'answer, then failure';

interface Running {
  readonly ticket: Ticket | undefined;
  /** Which stretch of one state it was let in during; `undefined` where it was refused. */
  readonly era: number | undefined;
  readonly probe: boolean;
  /** When, in case it is a probe. */
  readonly at: number;
}

/** What a breaker should do, in the plainest words: lists in place of counters, and everything worked out anew each time. */
class Model {
  now = 0;
  era = 0;
  state: 'closed' | 'open' | 'half-open' = 'closed';
  outcomes: { at: number; failed: boolean; of: object }[] = [];
  openUntil = 0;
  opened = 0;
  good = 0;
  probes: { at: number; of: object }[] = [];
  lastProbe = Number.NEGATIVE_INFINITY;
  calls: { real: Running; of: object }[] = [];

  readonly rules: BreakerRules;

  constructor(rules: BreakerRules) {
    this.rules = rules;
  }

  /** What a call that comes now gets. */
  lets(): 'call' | 'probe' | 'no' {
    if (this.state === 'closed') return 'call';
    if (this.state === 'open' && this.now < this.openUntil) return 'no';
    if (this.state === 'open') return 'probe';
    const full = this.probes.length + this.good >= this.rules.probes;
    return full && this.now - this.lastProbe < this.rules.probeMs ? 'no' : 'probe';
  }

  enter(): object {
    const of = {};
    if (this.lets() !== 'probe') return of;
    if (this.state === 'open') {
      this.state = 'half-open';
      this.good = 0;
      this.probes = [];
    }
    if (this.probes.length + this.good >= this.rules.probes) this.probes = [];
    this.probes.push({ at: this.now, of });
    this.lastProbe = this.now;
    return of;
  }

  open(): void {
    const ms = Math.min(this.rules.maxOpenMs, this.rules.openMs * 2 ** this.opened++);
    this.state = 'open';
    this.openUntil = this.now + ms;
    this.outcomes = [];
    this.era++;
  }

  end(of: object, era: number, failed: boolean): void {
    this.probes = this.probes.filter((probe) => probe.of !== of);
    if (era !== this.era) return;
    if (this.state === 'closed') {
      const known = this.outcomes.find((outcome) => outcome.of === of);
      if (known === undefined) this.outcomes.push({ at: this.now, failed, of });
      else Object.assign(known, { at: this.now, failed });
      const last = this.outcomes.slice(-this.rules.windowCalls);
      // One that left the window and turned bad later is a new outcome.
      if (known !== undefined && !last.includes(known)) {
        this.outcomes.push({ at: this.now, failed, of: {} });
      }
      const young = this.outcomes
        .slice(-this.rules.windowCalls)
        .filter(({ at }) => this.now - at < this.rules.windowMs);
      const bad = young.filter((outcome) => outcome.failed).length;
      if (
        failed &&
        young.length >= this.rules.minCalls &&
        bad >= this.rules.failureShare * young.length
      ) {
        this.open();
      }
    } else if (failed) {
      this.open();
    } else if (++this.good >= this.rules.probes) {
      this.state = 'closed';
      this.opened = 0;
      this.era++;
      this.outcomes = [{ at: this.now, failed: false, of }];
    }
  }
}

class Begin implements fc.Command<Model, Breaker> {
  check = (): boolean => true;
  run(model: Model, real: Breaker): void {
    const lets = model.lets();
    const era = model.era;
    const of = model.enter();
    const ticket = real.admit(model.now);
    expect(ticket?.kind ?? 'no').toBe(lets);
    if (ticket === undefined) {
      expect(real.waitMs(model.now)).toBeGreaterThanOrEqual(1);
      return;
    }
    model.calls.push({ real: { ticket, era, probe: lets === 'probe', at: model.now }, of });
  }
  toString = (): string => 'begin';
}

class Finish implements fc.Command<Model, Breaker> {
  readonly which: number;
  readonly end: End;

  constructor(which: number, end: End) {
    this.which = which;
    this.end = end;
  }

  check = (model: Model): boolean => model.calls.length > 0;
  run(model: Model, real: Breaker): void {
    const [call] = model.calls.splice(this.which % model.calls.length, 1);
    if (call?.real.ticket === undefined || call.real.era === undefined) return;
    const { ticket, era } = call.real;
    if (this.end === 'nothing') {
      model.probes = model.probes.filter((probe) => probe.of !== call.of);
      real.released(ticket);
      return;
    }
    const answered = this.end !== 'failure';
    if (answered) {
      const closes = model.state === 'half-open' && era === model.era;
      model.end(call.of, era, false);
      real.succeeded(ticket, model.now);
      // The probe that closed it belongs to the new stretch from then on.
      const now = closes && model.state === 'closed' ? model.era : era;
      if (this.end === 'answer, then failure') {
        model.end(call.of, now, true);
        real.failed(ticket, model.now, 'server');
      }
    } else {
      model.end(call.of, era, true);
      real.failed(ticket, model.now, 'server');
    }
    expect(real.stateAt(model.now)).toBe(
      model.state === 'open' && model.now >= model.openUntil ? 'half-open' : model.state,
    );
  }
  toString = (): string => `finish ${this.which} with ${this.end}`;
}

class Pass implements fc.Command<Model, Breaker> {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
  check = (): boolean => true;
  run(model: Model, real: Breaker): void {
    model.now += this.ms;
    if (model.state === 'open') expect(real.openUntil).toBe(model.openUntil);
  }
  toString = (): string => `pass ${this.ms}`;
}

test('a breaker does what the plain model does, whatever happens in whichever order', () => {
  const command = fc.oneof(
    { weight: 4, arbitrary: fc.constant(new Begin()) },
    {
      weight: 5,
      arbitrary: fc
        .tuple(
          fc.nat(8),
          fc.constantFrom<End>(
            'failure',
            'failure',
            'failure',
            'answer',
            'nothing',
            'answer, then failure',
          ),
        )
        .map(([which, end]) => new Finish(which, end)),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(1, 50, 999, 1000, 2500, 10_000).map((ms) => new Pass(ms)),
    },
  );
  const rules = fc.record({
    windowCalls: fc.constantFrom(3, 4, 10),
    minCalls: fc.constantFrom(1, 2, 3),
    failureShare: fc.constantFrom(0.3, 0.5, 1),
    windowMs: fc.constantFrom(1000, 10_000),
    openMs: fc.constant(1000),
    maxOpenMs: fc.constantFrom(1000, 3000),
    probes: fc.constantFrom(1, 2, 3),
    probeMs: fc.constantFrom(500, 5000),
  });
  let opened = 0;
  let closed = 0;
  fc.assert(
    fc.property(
      rules,
      fc.commands([command], { maxCommands: 120, size: 'max' }),
      (given, commands) => {
        const checked = breakerRules(given);
        const real = new Breaker('k', 't', checked);
        const model = new Model(checked);
        fc.modelRun(() => ({ model, real }), commands);
        if (model.era > 0) opened++;
        if (model.era > 1 && model.state === 'closed') closed++;
      },
    ),
    { numRuns: 2000 },
  );
  // The runs reached what they are meant to check.
  expect(opened).toBeGreaterThan(200);
  expect(closed).toBeGreaterThan(50);
});
