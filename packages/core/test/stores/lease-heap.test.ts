import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LeaseHeap, type Leased } from '../../src/stores/memory-quota/lease-heap.js';

const command = fc.record({
  kind: fc.constantFrom('add', 'add', 'remove', 'move'),
  pick: fc.nat(),
  end: fc.nat(50),
});

it('what is first ends first, whatever is added, moved and taken out of the middle', () => {
  fc.assert(
    fc.property(fc.array(command, { minLength: 20, maxLength: 200 }), (commands) => {
      const heap = new LeaseHeap<Leased>();
      const all: Leased[] = [];
      for (const { kind, pick, end } of commands) {
        const item = all[pick % Math.max(1, all.length)];
        if (kind === 'add' || item === undefined) {
          const added = { leaseEnd: end, position: -1 };
          all.push(added);
          heap.add(added);
        } else if (kind === 'move') {
          item.leaseEnd = end;
          heap.moved(item);
        } else {
          heap.remove(item);
          heap.remove(item);
          all.splice(all.indexOf(item), 1);
        }
        const ends = all.map(({ leaseEnd }) => leaseEnd).sort((one, other) => one - other);
        expect(heap.size).toBe(all.length);
        expect(heap.first?.leaseEnd).toBe(ends[0]);
        expect(heap.endOf(3)).toBe(ends[2]);
      }
      // Taken out one after another they come in order: no part of the heap was left in disorder.
      const out: number[] = [];
      for (let first = heap.first; first !== undefined; first = heap.first) {
        out.push(first.leaseEnd);
        heap.remove(first);
      }
      expect(out).toEqual(out.toSorted((one, other) => one - other));
    }),
    { numRuns: 300 },
  );
});
