import { InferwayError, linkedController, listenTo } from '@inferway/core';
import { expect, test } from 'vitest';

const reason = new InferwayError('aborted', { message: 'enough' });

test('a listener that throws keeps neither the others nor who waits from the abort', async () => {
  const unhandled: unknown[] = [];
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (thrown) => unhandled.push(thrown));
  try {
    const told: string[] = [];
    const link = linkedController(undefined);
    const broken = new Error('broken');
    listenTo(link.signal, {
      handleEvent() {
        throw broken;
      },
    });
    listenTo(link.signal, { handleEvent: () => told.push('second') });
    const waiting = link.race(new Promise(() => {}));
    link.abort(reason);
    expect(told).toEqual(['second']);
    await expect(waiting).rejects.toBe(reason);
    await new Promise(setImmediate);
    expect(unhandled).toEqual([broken]);
  } finally {
    process.removeAllListeners('unhandledRejection');
    for (const other of others) process.on('unhandledRejection', other);
  }
});
