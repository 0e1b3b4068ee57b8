import type { Call } from '../../call.js';
import type { AnyReply, CachedMeta } from '../../reply.js';
import { parseStrict, strictJson } from '../../canonical-json.js';
import { isKeptAnswer, serveKept, type KeptAnswer } from '../answers/kept-answer.js';
import { seal, unseal } from '../answers/sealed-text.js';

/** Of what an entry looks like: one of another version is none. */
const HEAD = 'inferway-cache-2';

/** What is in the store under a key. */
export interface CacheEntry extends KeptAnswer {
  /** When it was answered, in milliseconds since the epoch: several processes may read it. */
  readonly at: number;
  /** How long it is fresh. */
  readonly ttlMs: number;
  /** Of a semantic cache: the question. */
  readonly asked?: string | undefined;
}

/** The text of an entry; undefined for an answer that JSON cannot hold. */
export function writeEntry(key: string, entry: CacheEntry): string | undefined {
  const body = strictJson(entry);
  return body === undefined ? undefined : seal(HEAD, key, body);
}

/** Reads an entry; undefined for what is damaged, of another version, of another key, or not ours. */
export function readEntry(key: string, text: string): CacheEntry | undefined {
  const body = unseal(HEAD, key, text);
  if (body === undefined) return undefined;
  try {
    const entry: unknown = parseStrict(body);
    return isEntry(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Answers the call from an entry; undefined where it cannot serve this shape. */
export function serveEntry(
  call: Call,
  entry: CacheEntry,
  cached: CachedMeta,
  inTime: boolean,
): AnyReply | undefined {
  return serveKept(call, entry, { cache: 'hit', cached }, inTime);
}

function isEntry(value: unknown): value is CacheEntry {
  if (!isKeptAnswer(value)) return false;
  const { at, ttlMs, asked } = value as Partial<CacheEntry>;
  return (
    typeof at === 'number' &&
    typeof ttlMs === 'number' &&
    (asked === undefined || typeof asked === 'string')
  );
}
