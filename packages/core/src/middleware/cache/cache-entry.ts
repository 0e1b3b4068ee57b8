import { hash } from 'node:crypto';
import type { Call } from '../../call.js';
import { isJsonObject } from '../../json.js';
import type { Cost } from '../../money.js';
import { Events } from '../../events.js';
import { replay } from '../../replay.js';
import type { AnyReply, CachedMeta, ReplyMeta } from '../../reply.js';
import { parseStrict, strictJson } from '../../canonical-json.js';
import { unpackEvents } from './packed-events.js';
import type { KeptAnswer } from './recorder.js';
import { isTiming, timedEvents } from './timed-events.js';

/** Of what an entry looks like: one of another version is none. */
const HEAD = '["inferway-cache-2","';
const DIGEST_LENGTH = 43;

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
  const { provider, model, servedBy, warnings } = entry.meta;
  // The rest of the meta tells of an exchange that a hit does not have: request id, limits, timings, attempts.
  const body = strictJson({ ...entry, meta: { provider, model, servedBy, warnings } });
  return body === undefined ? undefined : textOf(digestOf(key, body), body);
}

/** Reads an entry; undefined for what is damaged, of another version, of another key, or not ours. */
export function readEntry(key: string, text: string): CacheEntry | undefined {
  if (!text.startsWith(HEAD)) return undefined;
  const end = HEAD.length + DIGEST_LENGTH;
  const body = text.slice(end + 2, -1);
  if (text !== textOf(digestOf(key, body), body)) return undefined;
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
  const { provider, model, servedBy, warnings } = entry.meta;
  const meta: ReplyMeta = { provider, model, servedBy, warnings, cache: 'hit', cached };
  const { usage, timing } = entry;
  try {
    const events = entry.events === undefined ? undefined : unpackEvents(entry.events);
    if (inTime && call.stream && events !== undefined && timing !== undefined) {
      const source = timedEvents(call, events, timing, usage);
      return { stream: true, events: new Events(source, call.signal) as never, meta };
    }
    const recording = { result: entry.result, events, usage, meta };
    return replay(call, recording as Parameters<typeof replay>[1]);
  } catch {
    return undefined;
  }
}

function textOf(digest: string, body: string): string {
  return `${HEAD}${digest}",${body}]`;
}

// Bound to the key, so that an entry that came under another one, by whatever mistake, is nobody's answer.
function digestOf(key: string, body: string): string {
  return hash('sha256', `${key}\n${body}`, 'base64url');
}

function isEntry(value: unknown): value is CacheEntry {
  if (!isJsonObject(value)) return false;
  const { at, ttlMs, result, events, timing, meta, cost, asked } = value;
  return (
    typeof at === 'number' &&
    typeof ttlMs === 'number' &&
    isJsonObject(meta) &&
    typeof meta.provider === 'string' &&
    typeof meta.model === 'string' &&
    (Array.isArray(events) || isJsonObject(result)) &&
    (timing === undefined || isTiming(timing)) &&
    (cost === undefined || isCost(cost)) &&
    (asked === undefined || typeof asked === 'string')
  );
}

function isCost(value: unknown): value is Cost {
  if (!isJsonObject(value)) return false;
  return value.known === false || (value.known === true && Number.isSafeInteger(value.total));
}
