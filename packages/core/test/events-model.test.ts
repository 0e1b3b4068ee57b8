import { Events } from '@inferway/core';
import { settle } from '@inferway/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countingSignal, failure, ManualSource, Recorder } from './helpers.js';

/** What may happen to a stream, in any order. */
const action = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('next' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('nextBatch' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('give' as const),
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('observe' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('prime' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('finish' as const, 'break' as const, 'abort' as const, 'cancel' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('sabotage' as const),
      how: fc.constantFrom('cancel', 'throw', 'abort'),
      at: fc.integer({ min: 0, max: 12 }),
    }),
  },
);

test('whatever happens in whatever order, a stream delivers in order and ends exactly once for everybody', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (actions) => {
      const { controller, signal, count } = countingSignal();
      const source = new ManualSource<number>();
      const events = new Events(source, signal);
      const observers: Recorder<number>[] = [];
      const watch = (): void => {
        const recorder = new Recorder<number>();
        observers.push(recorder);
        events.observe(recorder);
      };
      watch();

      let given = 0;
      let deliveredBeforeLeaving = Number.POSITIVE_INFINITY;
      let readersBegan = false;
      // What each read gave, in the order in which they were asked for.
      const reads: (readonly number[])[] = [];
      const thrown: unknown[] = [];
      let pending = 0;
      const follow = (read: Promise<readonly number[] | undefined>): void => {
        pending++;
        const slot = reads.push([]) - 1;
        read.then(
          (batch) => {
            pending--;
            reads[slot] = batch ?? [];
          },
          (reason: unknown) => {
            pending--;
            thrown.push(reason);
          },
        );
      };

      for (const step of actions) {
        switch (step.do) {
          case 'next':
            readersBegan = true;
            follow(events.next().then((item) => (item.done === true ? undefined : [item.value])));
            break;
          case 'nextBatch':
            readersBegan = true;
            follow(events.nextBatch());
            break;
          case 'give':
            if (source.waiting) source.give(...Array.from({ length: step.count }, () => given++));
            break;
          case 'observe':
            // Later ones belong to nobody: middleware adds its observers before the reader has the stream.
            if (!readersBegan) watch();
            break;
          case 'prime':
            follow(events.prime((event) => event > 2).then(() => undefined));
            break;
          case 'settle':
            await settle();
            break;
          case 'finish':
            if (source.waiting) source.finish();
            break;
          case 'break':
            if (source.waiting) source.break(failure('connection'));
            break;
          case 'abort':
            controller.abort();
            break;
          case 'cancel':
            await settle();
            events.cancel();
            deliveredBeforeLeaving = Math.min(deliveredBeforeLeaving, reads.flat().length);
            break;
          case 'sabotage':
            events.observe({
              event(event) {
                if (event !== step.at) return;
                if (step.how === 'cancel') events.cancel();
                else if (step.how === 'abort') controller.abort();
                else throw failure('budget');
              },
            });
            break;
        }
      }
      await settle();
      const endedBefore = events.outcome;
      events.cancel();
      await settle();

      const delivered = reads.flat();
      // Every read settled.
      expect(pending).toBe(0);
      // In order, without gaps and repeats, and nothing after the reader left.
      expect(delivered).toEqual(delivered.map((_, index) => index));
      if (deliveredBeforeLeaving !== Number.POSITIVE_INFINITY) {
        expect(delivered.length).toBe(deliveredBeforeLeaving);
      }
      // A failure is thrown once.
      expect(thrown.length).toBeLessThanOrEqual(
        1 + actions.filter(({ do: what }) => what === 'prime').length,
      );
      // One end for each observer, the same for all, and nothing seen that was not pulled.
      for (const { ends, seen } of observers) {
        expect(ends).toEqual([events.outcome]);
        expect(seen).toEqual(seen.map((_, index) => index));
        expect(seen.length).toBeLessThanOrEqual(given);
      }
      // The source hears of every end that is not its own, once.
      expect(source.cancelled.length).toBe(events.outcome?.status === 'complete' ? 0 : 1);
      if (endedBefore?.status === 'complete') expect(source.cancelled).toEqual([]);
      // Nothing is left behind on the signal.
      expect(count()).toBe(0);
    }),
    { numRuns: 2000 },
  );
});

test('a stream read to its end by several readers at once gives every event exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 8 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 0, max: 3 }),
      async (batches, readers, slow) => {
        let given = 0;
        const source = {
          async pull(): Promise<readonly number[] | undefined> {
            const count = batches.shift();
            for (let i = 0; i < slow; i++) await undefined;
            return count === undefined ? undefined : Array.from({ length: count }, () => given++);
          },
          cancel() {},
        };
        const events = new Events(source);
        const all: number[] = [];
        await Promise.all(
          readers.map(async (byBatch) => {
            for (;;) {
              if (byBatch) {
                const batch = await events.nextBatch();
                if (batch === undefined) return;
                all.push(...batch);
              } else {
                const item = await events.next();
                if (item.done === true) return;
                all.push(item.value);
              }
            }
          }),
        );
        expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: given }, (_, i) => i));
      },
    ),
    { numRuns: 1000 },
  );
});
