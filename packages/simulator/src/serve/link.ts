import type { Exchange } from '../http/exchange.js';

/** Stand where an answer's links will have the server's own origin, and the time until which they are good. */
const ORIGIN = 'https://origin.of.the.simulator.invalid';
const EXPIRY = 'expiry-of-the-simulator';
const GOOD_FOR_MS = 3_600_000;

/** A link to what `payload` says, before it is told: at `path` of the server, good for an hour. */
export function link(path: string, payload: object): string {
  const text = Buffer.from(JSON.stringify(payload)).toString('base64url');
  return `${ORIGIN}${path}/${text}?expires=${EXPIRY}`;
}

/** A text with its links as they are good this time. */
export function linked(text: string, exchange: Exchange): string {
  if (!text.includes(ORIGIN)) return text;
  const expires = exchange.clock.wallTime() + GOOD_FOR_MS;
  return text
    .replaceAll(ORIGIN, `http://${exchange.header('host') ?? 'localhost'}`)
    .replaceAll(EXPIRY, String(expires));
}

/** What a link says, while it is good. */
export function readLink(payload: string, exchange: Exchange): unknown {
  const expires = Number(new URL(exchange.record.path, 'http://x').searchParams.get('expires'));
  if (!(expires > exchange.clock.wallTime())) return undefined;
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
