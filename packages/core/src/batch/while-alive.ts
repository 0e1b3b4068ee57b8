import type { Clock } from '../clock.js';
import { InferwayError } from '../error.js';
import type { LinkedController } from '../signal.js';

/** Results have no chain around them that would end them: so long may none come. */
const SILENT_MS = 5 * 60_000;

/** The same values; gives up where none comes for five minutes. Time that the reader takes for itself does not count. */
export async function* whileAlive<T>(
  values: AsyncIterable<T>,
  clock: Clock,
  link: LinkedController,
): AsyncGenerator<T, undefined> {
  const source = values[Symbol.asyncIterator]();
  const next = async (): Promise<IteratorResult<T>> => {
    const timer = clock.setTimer(() => link.abort(silent()), SILENT_MS);
    try {
      return await link.race(source.next());
    } finally {
      clock.clearTimer(timer);
    }
  };
  try {
    for (let step = await next(); step.done !== true; step = await next()) yield step.value;
  } finally {
    const left = Promise.resolve(source.return?.());
    // One that hangs is not waited for.
    if (link.signal.aborted) left.catch(() => {});
    else await left;
  }
  return undefined;
}

function silent(): InferwayError {
  return new InferwayError('timeout', {
    message: `No result of the batch came for ${SILENT_MS / 60_000} minutes. Read the results again: they are still there.`,
    phase: 'idle-content',
  });
}
