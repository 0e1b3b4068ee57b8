import { hash } from 'node:crypto';
import type { Call } from '../call.js';
import { callerOf } from '../caller.js';
import { checkMs, checkCount } from '../option-checks.js';
import type { ChatRequest } from '../operations/chat-request.js';
import { messageText } from '../operations/message-text.js';
import { stateKey, type StateKey } from '../state.js';
import type { Usage } from '../usage.js';
import { BoundedMap } from '../bounded-map.js';

/** Calls with one session go to one target, as long as that is healthy and may serve them: `state.set(session, 'chat-42')`. */
export const session: StateKey<string> = stateKey<string>('session');

/** How long conversations stay where they are. */
export interface StickyOptions {
  /** How long after its last call a conversation is remembered; about as long as prompt caches are kept. Default 300,000. */
  readonly ttlMs?: number | undefined;
  /** Conversations and sessions that are remembered; the one that was not used for the longest is forgotten. Default 10,000. */
  readonly maxEntries?: number | undefined;
}

interface Kept {
  readonly target: string;
  readonly at: number;
  /** Long prompts in a row of which the target read nothing from a cache. */
  readonly cold: number;
}

// Providers cache no prompts that are shorter.
const CACHEABLE_TOKENS = 1024;
// After so many a target is taken to have no prompt cache, and there is nothing to stay for.
const MOST_COLD = 2;
// Of the beginning; what is longer than this and differs later shares a target, which harms nobody.
const HASHED_CHARACTERS = 16_384;

/** Which target served a conversation last, where its prompt cache may be warm. */
export class Sticky {
  readonly #ttlMs: number;
  readonly #kept: BoundedMap<string, Kept>;

  constructor(options: StickyOptions, owner: string) {
    this.#ttlMs = checkMs(owner, 'sticky.ttlMs', options.ttlMs ?? 300_000);
    const most = checkCount(owner, 'sticky.maxEntries', options.maxEntries ?? 10_000);
    this.#kept = new BoundedMap(most);
  }

  /** The target that served `key` last, while it counts. A session stays where it is whether a cache is warm or not. */
  read({ key, forced }: StickyKey, now: number): string | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    if (now - kept.at > this.#ttlMs) {
      this.#kept.delete(key);
      return undefined;
    }
    return forced || kept.cold < MOST_COLD ? kept.target : undefined;
  }

  served({ key }: StickyKey, target: string, now: number): void {
    const kept = this.#kept.peek(key);
    this.#kept.set(key, { target, at: now, cold: kept?.target === target ? kept.cold : 0 });
  }

  /** What the answer's usage says of the cache. */
  learn({ key }: StickyKey, target: string, usage: Usage | undefined): void {
    const kept = this.#kept.peek(key);
    if (kept?.target !== target || usage?.cacheReadTokens === undefined) return;
    if (usage.cacheReadTokens > 0) this.#kept.set(key, { ...kept, cold: 0 });
    else if ((usage.inputTokens ?? 0) >= CACHEABLE_TOKENS) {
      this.#kept.set(key, { ...kept, cold: kept.cold + 1 });
    }
  }
}

export interface StickyKey {
  readonly key: string;
  /** By a session, not by what was said. */
  readonly forced: boolean;
}

/** What a call is remembered by: its session, else (where `conversations` counts) how its conversation begins. Per tenant. */
export function stickyKey(
  call: Call,
  route: string,
  conversations: boolean,
): StickyKey | undefined {
  const named = call.state.get(session);
  const beginning = named ?? (conversations ? beginningOf(call) : undefined);
  if (beginning === undefined) return undefined;
  const { tenant } = callerOf(call.state);
  const parts = JSON.stringify([tenant ?? null, route, named === undefined, beginning]);
  return { key: hash('sha256', parts, 'base64url'), forced: named !== undefined };
}

// All up to the first words of the user: the part that stays the same while a conversation grows.
function beginningOf(call: Call): string | undefined {
  if (call.operation !== 'chat') return undefined;
  const { messages, promptCacheKey } = call.request as ChatRequest;
  // What is wrong with a request of another shape, its provider says.
  if (!Array.isArray(messages)) return undefined;
  let text = typeof promptCacheKey === 'string' ? promptCacheKey : '';
  for (const message of messages as ChatRequest['messages']) {
    if (typeof message?.content !== 'string' && !Array.isArray(message?.content)) return undefined;
    text += `\n${message.role}: ${messageText(message)}`;
    if (message.role === 'user' || text.length > HASHED_CHARACTERS) break;
  }
  return text.slice(0, HASHED_CHARACTERS);
}
