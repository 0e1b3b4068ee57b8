import { isJsonObject, type JsonObject, type JsonValue } from '@inferway/core';
import type { JsonBody } from '../json-body.js';
import type { EncodeContext } from './encode-context.js';

/** Cache markers that a request may have, the top-level one included (platform.claude.com, "Prompt caching"). */
const MOST = 4;

/** What the API reads in this order: a marker keeps all that stands before it. */
const SECTIONS = ['tools', 'system', 'messages'] as const;

interface Marker {
  readonly hour: boolean;
  /** In the conversation, not in the tools and the system prompt. */
  readonly moves: boolean;
}

/**
 * Brings the markers of a body to what the API takes. More than four: kept are the last one of tools and system prompt, which all
 * conversations share, and the latest ones of the conversation, which find what the turn before has written. A marker of one hour after one
 * of five minutes: the earlier is raised to one hour, at which its tokens are written anyway.
 */
export function fitCacheMarkers(body: JsonBody, context: EncodeContext): void {
  const markers: Marker[] = [];
  for (const section of SECTIONS) collect(body[section], section === 'messages', markers);
  const automatic = isJsonObject(body.cache_control) ? body.cache_control : undefined;
  if (markers.length === 0) return;
  const kept = keptOf(markers, MOST - (automatic === undefined ? 0 : 1));
  const raised = raisedOf(markers, kept, automatic?.ttl === '1h');
  if (kept.size < markers.length || raised.size > 0) {
    let number = 0;
    const decide = (control: JsonObject): JsonObject | undefined => {
      const own = number++;
      if (!kept.has(own)) return undefined;
      return raised.has(own) ? { ...control, ttl: '1h' } : control;
    };
    for (const section of SECTIONS) {
      const list = body[section];
      if (Array.isArray(list)) body[section] = list.map((entry) => rewritten(entry, decide));
    }
    tell(markers.length - kept.size, raised.size, context);
  }
  if (automatic !== undefined) dropContradicted(body, automatic, context);
}

function tell(dropped: number, raised: number, context: EncodeContext): void {
  if (dropped > 0) {
    context.warn(
      'changed',
      'cache',
      `A request has at most ${MOST} cache markers: ${dropped} earlier ${dropped === 1 ? 'one was' : 'ones were'} left out.`,
    );
  }
  if (raised > 0) {
    context.warn(
      'changed',
      'cache',
      'A cache marker of one hour cannot come after one of five minutes: the earlier ones were raised to one hour.',
    );
  }
}

/** Numbers of the markers that stay. */
function keptOf(markers: readonly Marker[], slots: number): ReadonlySet<number> {
  const latest = markers.map((_, number) => number).slice(-slots);
  const shared = markers.findLastIndex((marker) => !marker.moves);
  return new Set(shared === -1 || latest.includes(shared) ? latest : [shared, ...latest.slice(1)]);
}

/** Numbers of the markers of five minutes that stand before one of an hour. */
function raisedOf(
  markers: readonly Marker[],
  kept: ReadonlySet<number>,
  hourAtTheEnd: boolean,
): ReadonlySet<number> {
  const raised = new Set<number>();
  let hour = hourAtTheEnd;
  for (let number = markers.length - 1; number >= 0; number--) {
    if (!kept.has(number)) continue;
    if (markers[number]?.hour === true) hour = true;
    else if (hour) raised.add(number);
  }
  return raised;
}

// The top-level marker is one at the last block: another lifetime there is a 400.
function dropContradicted(body: JsonBody, automatic: JsonObject, context: EncodeContext): void {
  const turn = Array.isArray(body.messages) ? body.messages.at(-1) : undefined;
  const content = isJsonObject(turn) ? turn.content : undefined;
  const last: JsonValue | undefined = Array.isArray(content) ? content.at(-1) : undefined;
  const control = isJsonObject(last) ? last.cache_control : undefined;
  if (!isJsonObject(control) || (control.ttl ?? '5m') === (automatic.ttl ?? '5m')) return;
  delete body.cache_control;
  context.warn(
    'changed',
    'cache_control',
    'The last block has a cache marker of another lifetime: the one of the request was left out.',
  );
}

function collect(list: JsonValue | undefined, moves: boolean, out: Marker[]): void {
  if (!Array.isArray(list)) return;
  for (const entry of list as readonly JsonValue[]) {
    if (!isJsonObject(entry)) continue;
    // A result holds blocks of its own, a document made of blocks has them in its source; their markers come before the outer one.
    if (typeof entry.content === 'object') collect(entry.content, moves, out);
    if (isJsonObject(entry.source)) collect(entry.source.content, moves, out);
    const control = entry.cache_control;
    if (isJsonObject(control)) out.push({ hour: control.ttl === '1h', moves });
  }
}

function rewritten(
  entry: JsonValue,
  decide: (control: JsonObject) => JsonObject | undefined,
): JsonValue {
  if (!isJsonObject(entry)) return entry;
  const draft: JsonBody = { ...entry };
  const inner = (value: JsonValue | undefined): JsonValue | undefined =>
    Array.isArray(value) ? value.map((one) => rewritten(one, decide)) : value;
  if (Array.isArray(entry.content)) draft.content = inner(entry.content);
  if (isJsonObject(entry.source) && Array.isArray(entry.source.content))
    draft.source = { ...entry.source, content: inner(entry.source.content) };
  if (isJsonObject(entry.cache_control)) draft.cache_control = decide(entry.cache_control);
  return draft;
}
