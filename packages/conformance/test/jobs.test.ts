import { expect, describe, it } from 'vitest';
import { testProvider } from '../src/index.js';
import { failuresOf } from './support/failures-of.js';
import { createJobs, jobs } from './support/jobs.js';

testProvider(createJobs, {
  operations: ['complete'],
  wire: { complete: jobs },
  runner: { describe, it },
});

it('an adapter that asks for its jobs on and on after an abort is caught', async () => {
  const failed = await failuresOf(
    (setup) => {
      const right = createJobs(setup);
      const deaf = new AbortController().signal;
      return {
        ...right,
        complete: (call: object) => right.complete?.({ ...call, signal: deaf } as never),
      } as never;
    },
    { operations: ['complete'], wire: { complete: jobs }, patienceMs: 400 },
  );
  expect(failed.length).toBeGreaterThan(0);
  for (const title of failed)
    expect(title).toMatch(/^(?:aborts › F38|timers › F33|isolation › S20)/u);
});
