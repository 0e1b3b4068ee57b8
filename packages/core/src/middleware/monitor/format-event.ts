import type { ChainEvent } from '../../chain-events.js';
import { formatUsd } from '../../money.js';

/**
 * One line of text for a log: `attempt number=1 provider=openai model=gpt-5 status=failed error=rate_limit durationMs=212`. Members that are
 * absent are left out, amounts of money are in dollars, and no value can break the line.
 */
export function formatEvent(event: ChainEvent): string {
  const { type, ...details } = event;
  const words = Object.entries(details).flatMap(([name, value]) => wordOf(name, value));
  return [type, ...words].join(' ');
}

function wordOf(name: string, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'number') {
    if (name.endsWith('NanoUsd')) return [`${name.replace(/NanoUsd$/u, '')}=${formatUsd(value)}`];
    return [`${name}=${Math.round(value * 1000) / 1000}`];
  }
  if (typeof value === 'string') return [`${name}=${quoted(value)}`];
  if (typeof value === 'boolean') return [`${name}=${value}`];
  // The provider's own usage object is long, and its figures are beside it.
  if (name === 'raw') return [];
  return Object.entries(value).flatMap(([member, inner]) => wordOf(`${name}.${member}`, inner));
}

const LONGEST = 200;

function quoted(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return /^[\w./:@#+-]+$/u.test(short) ? short : JSON.stringify(short);
}
