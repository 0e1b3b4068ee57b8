import type { Recording } from './recordings.js';

type Random = () => number;

const WRONG: readonly unknown[] = [null, '', 0, -1, 1.5, true, [], {}, [null], [[]], 'text', [{}]];

/** The payloads of a recording with a few things wrong: members gone or of another type, events gone, doubled, foreign or moved. */
export function damagedList({ stream, payloads }: Recording, random: Random): unknown[] {
  const list = structuredClone([...payloads]);
  const times = 1 + Math.floor(random() * 4);
  for (let time = 0; time < times; time++) {
    const at = Math.floor(random() * list.length);
    const kind = stream ? random() : 0;
    if (kind < 0.6) list[at] = damaged(list[at], random);
    else if (kind < 0.7) list.splice(at, 1);
    else if (kind < 0.8) list.splice(at, 0, structuredClone(list[at]));
    else if (kind < 0.9) list.splice(at, 0, { type: 'of.tomorrow', index: 99, choices: [] });
    else list.splice(at, 0, ...list.splice(Math.floor(random() * list.length), 1));
  }
  return list;
}

/** The value with one member of it, however deep, gone or wrong. */
function damaged(value: unknown, random: Random): unknown {
  if (typeof value === 'object' && value !== null) {
    const object = value as Record<string, unknown>;
    const keys = Object.keys(object);
    const key = keys[Math.floor(random() * keys.length)];
    if (key !== undefined && random() < 0.8) {
      if (random() < 0.15) delete object[key];
      else object[key] = damaged(object[key], random);
      return object;
    }
  }
  if (typeof value === 'number' && random() < 0.4) return String(value);
  return structuredClone(WRONG[Math.floor(random() * WRONG.length)]);
}
