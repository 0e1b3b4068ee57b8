import type { ChatEvent } from '@inferway/core';

/** The same events with those of different parts mixed, each part's own order kept. */
export function interleaved(events: readonly ChatEvent[], choices: Iterable<number>): ChatEvent[] {
  const next = choices[Symbol.iterator]();
  const queues = new Map<number, ChatEvent[]>();
  const starts: ChatEvent[] = [];
  const ends: ChatEvent[] = [];
  for (const event of events) {
    if (event.type === 'start') starts.push(event);
    else if (event.type === 'finish' || event.type === 'end' || event.type === 'resumed')
      ends.push(event);
    else if (event.type === 'part-start') starts.push(event);
    else queues.set(event.index, [...(queues.get(event.index) ?? []), event]);
  }
  const mixed: ChatEvent[] = [];
  const waiting = [...queues.values()];
  while (waiting.length > 0) {
    const at = (next.next().value ?? 0) % waiting.length;
    const queue = waiting[at] ?? [];
    const event = queue.shift();
    if (event !== undefined) mixed.push(event);
    if (queue.length === 0) waiting.splice(at, 1);
  }
  return [...starts, ...mixed, ...ends];
}
