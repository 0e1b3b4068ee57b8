import type { SeededRandom } from '../seeded-random.js';
import { isInstant, sample, type Distribution } from './distribution.js';

/** How fast a model answers and in what portions it is written. */
export interface Pace {
  /** From the request to the first token; 0 by default. */
  readonly ttftMs?: Distribution | undefined;
  /** From one token to the next; 0 by default. */
  readonly perTokenMs?: Distribution | undefined;
  /** Tokens in one event of a stream; 1 by default. */
  readonly tokensPerChunk?: number | undefined;
  /** Where nothing takes time: `whole` writes a stream at once, `each` one event a write, a turn of the event loop apart. `whole` by default. */
  readonly writes?: 'whole' | 'each' | undefined;
}

/** One answer's clockwork: how long each of its steps takes. */
export interface Tempo {
  readonly instant: boolean;
  readonly writes: 'whole' | 'each';
  readonly tokensPerChunk: number;
  /** Milliseconds before a step of so many tokens is out; the first call includes the time to first token. */
  delay(tokens: number): number;
}

/** The tempo of one answer: the model's pace over the simulator's. */
export function tempo(model: Pace | undefined, all: Pace | undefined, random: SeededRandom): Tempo {
  const first = model?.ttftMs ?? all?.ttftMs ?? 0;
  const each = model?.perTokenMs ?? all?.perTokenMs ?? 0;
  let waiting = !isInstant(first);
  return {
    instant: isInstant(first) && isInstant(each),
    writes: model?.writes ?? all?.writes ?? 'whole',
    tokensPerChunk: Math.max(1, model?.tokensPerChunk ?? all?.tokensPerChunk ?? 1),
    delay(tokens) {
      let total = 0;
      let count = tokens;
      if (waiting && tokens > 0) {
        waiting = false;
        total = sample(first, random);
        count--;
      }
      if (typeof each === 'number') return total + each * count;
      for (; count > 0; count--) total += sample(each, random);
      return total;
    },
  };
}
