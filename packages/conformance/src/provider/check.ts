import { Bench, type BenchSettings } from './bench.js';
import type { Subject } from './subject.js';

/** One named test. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** The checks of one concern for one operation; none where it does not concern it. */
export type CheckGroup = (subject: Subject) => readonly Check[];

/** A check that has a bench of its own, closed whatever happens. */
export function benched(
  name: string,
  subject: Subject,
  body: (bench: Bench) => Promise<void>,
  settings: () => BenchSettings = () => ({}),
): Check {
  return {
    name,
    async run() {
      const bench = await Bench.open(subject, settings());
      try {
        await body(bench);
      } finally {
        await bench.close();
      }
    },
  };
}
