import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairQueue, type Queued } from '../../../src/middleware/queue/fair-queue.js';

interface Item extends Queued {
  readonly name: string;
}

let order = 0;
const item = (tenant: string, priority = 0, weight = 1): Item => ({
  name: `${tenant}${++order}`,
  tenant,
  priority,
  weight,
  order,
});

function drain(queue: FairQueue<Item>): Item[] {
  const served: Item[] = [];
  for (let first = queue.first(); first !== undefined; first = queue.first()) {
    queue.take(first);
    served.push(first);
  }
  return served;
}

test('one call of a tenant does not wait behind 10,000 of another', () => {
  const queue = new FairQueue<Item>();
  for (let count = 0; count < 10_000; count++) queue.add(item('many'));
  const one = item('one');
  queue.add(one);
  expect(drain(queue).indexOf(one)).toBe(1);
});

test('a tenant of weight 3 is served three times in its turn', () => {
  const queue = new FairQueue<Item>();
  for (let count = 0; count < 6; count++) queue.add(item('a', 0, 3));
  for (let count = 0; count < 6; count++) queue.add(item('b'));
  expect(
    drain(queue)
      .map(({ tenant }) => tenant)
      .join(''),
  ).toBe('aaabaaabbbbb');
});

test('who waited elsewhere before stands before those of its tenant that came later', () => {
  const queue = new FairQueue<Item>();
  const [early, late] = [item('a'), item('a')];
  queue.add(late);
  queue.add(early);
  expect(drain(queue)).toEqual([early, late]);
});

const step = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    tenant: fc.constantFrom('a', 'b', 'c', 'd'),
    priority: fc.integer({ min: -1, max: 1 }),
  }),
  fc.record({ do: fc.constant('take' as const) }),
  fc.record({ do: fc.constant('leave' as const), at: fc.nat(30) }),
);

test('whatever happens: the most urgent first, nobody lost or served twice, tenants within one turn of each other, each in its order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const queue = new FairQueue<Item>();
      let waiting: Item[] = [];
      // How often others of its priority were served since a tenant was served last or came in.
      const passed = new Map<string, Map<string, number>>();
      const flow = ({ tenant, priority }: Queued): string => `${priority} ${tenant}`;
      for (const what of steps) {
        if (what.do === 'add') {
          const added = item(what.tenant, what.priority);
          if (!waiting.some((other) => flow(other) === flow(added)))
            passed.set(flow(added), new Map());
          queue.add(added);
          waiting.push(added);
        } else if (what.do === 'leave') {
          const leaver = waiting[what.at];
          if (leaver === undefined) continue;
          queue.remove(leaver);
          waiting = waiting.filter((other) => other !== leaver);
        } else {
          const first = queue.first();
          expect(first === undefined).toBe(waiting.length === 0);
          if (first === undefined) continue;
          expect(waiting).toContain(first);
          expect(first.priority).toBe(Math.max(...waiting.map(({ priority }) => priority)));
          const own = waiting.filter((other) => flow(other) === flow(first));
          expect(first.order).toBe(Math.min(...own.map((other) => other.order)));
          queue.take(first);
          waiting = waiting.filter((other) => other !== first);
          for (const other of new Set(
            waiting.filter(({ priority }) => priority === first.priority).map(flow),
          )) {
            if (other === flow(first)) continue;
            const count = (passed.get(other)?.get(first.tenant) ?? 0) + 1;
            passed.get(other)?.set(first.tenant, count);
            // Nobody has a second turn while another waits for its first.
            expect(count).toBeLessThanOrEqual(1);
          }
          passed.set(flow(first), new Map());
        }
        expect(queue.size).toBe(waiting.length);
      }
      expect(drain(queue)).toHaveLength(waiting.length);
    }),
    { numRuns: 2000 },
  );
});
