import { createClient, type ChatEvent } from '@inferway/core';
import { guard, pii, redact } from '@inferway/core/guards';
import { resume } from '@inferway/core/resilience';
import { emit, fail, fakeProvider, say, virtualClock } from '@inferway/core/testing';
import { expect, test } from 'vitest';

// An answer breaks off in the middle of what may be an address, and goes on.
async function read(mode: 'restart' | 'continue', rest: string): Promise<readonly ChatEvent[]> {
  const clock = virtualClock();
  const provider = fakeProvider({
    script: (_call, n) =>
      n === 1
        ? [
            ...say('').slice(0, 3),
            emit({ type: 'text-delta', index: 0, text: 'Write to ada@ex' }),
            fail('connection'),
          ]
        : say(rest),
  });
  const prefill = mode === 'continue' ? { prefill: ['fake/*'] } : {};
  const client = createClient({
    providers: [provider],
    clock,
    middleware: [
      guard(redact({ detectors: [pii()], in: 'answers' })),
      resume({ mode, ...prefill, baseMs: 1 }),
    ],
  });
  const stream = await client.chat.stream({ model: 'fake/m', messages: [] });
  const events: ChatEvent[] = [];
  const reading = (async () => {
    for await (const event of stream) events.push(event);
  })();
  await clock.advance(10);
  await reading;
  return events;
}

const textAfter = (events: readonly ChatEvent[], from: number): string =>
  events
    .slice(from)
    .map((event) => (event.type === 'text-delta' ? event.text : ''))
    .join('');

test('what was held back of an answer that begins anew is not put before the new one', async () => {
  const events = await read('restart', 'Write to nobody.');
  const seam = events.findIndex(({ type }) => type === 'resumed');
  expect(textAfter(events, seam)).toBe('Write to nobody.');
  expect(textAfter(events, 0)).not.toContain('ada@');
});

test('a find that reaches over the place where an answer goes on is found', async () => {
  const events = await read('continue', 'ample.org today.');
  expect(textAfter(events, 0)).toBe('Write to [EMAIL] today.');
});
