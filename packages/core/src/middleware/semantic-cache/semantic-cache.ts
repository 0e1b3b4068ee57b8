import { cacheResult } from '../../cache-result.js';
import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import type { Clock } from '../../clock.js';
import type { Middleware, Next } from '../../middleware.js';
import type { AnyReply } from '../../reply.js';
import { marked } from '../cache/cache.js';
import { cacheKey } from '../cache-key.js';
import { modeOf } from '../cache-mode.js';
import { ttlOf } from '../cache/cache-ttl.js';
import { CachedAnswers } from '../cache/cached-answers.js';
import { answerKey, Lookup, type Place } from './lookup.js';
import { questionOf } from './question.js';
import { checkSemantic, type SemanticCacheOptions } from './semantic-options.js';
import '../cache/cache-events.js';
import './semantic-events.js';

/**
 * Answers a chat whose question means the same as one that was answered before. Only the last text of the user's may be merely similar: tenant,
 * model, system prompt, tools, settings and all else must be equal, and are compared before any vector is (docs/decisions/0022). What embeds,
 * searches or stores may fail: the call then goes on as if there were no cache.
 *
 * @throws {InferwayError} `configuration` where `scope` is missing, or gives none for a call; for options that cannot work.
 */
export function semanticCache(options: SemanticCacheOptions): Middleware {
  const settings = checkSemantic(options);
  let made: { readonly answers: CachedAnswers; readonly lookup: Lookup } | undefined;
  const make = (clock: Clock): { answers: CachedAnswers; lookup: Lookup } => {
    const answers = new CachedAnswers(
      settings.store(clock),
      { ...settings, kind: 'semantic', staleMs: 0 },
      clock,
    );
    return { answers, lookup: new Lookup(settings, answers, clock) };
  };
  // A tenant's question is looked for among those with all else equal, and nowhere else.
  const placeOf = (call: Call): Place | undefined => {
    if (call.operation !== 'chat') return undefined;
    const scope = settings.scopeOf(call);
    const question = questionOf(call.request, settings.conversations);
    if (question === undefined || question.text.length > settings.maxTextLength) return undefined;
    const rest = [settings.embed.space ?? '', question.rest];
    const partition = cacheKey(call, scope, rest, 'semantic');
    return partition === undefined ? undefined : { partition, text: question.text };
  };

  const semanticCache = async (call: Call, next: Next): Promise<AnyReply> => {
    const mode = modeOf('semanticCache', call);
    const place = mode === 'bypass' ? undefined : placeOf(call);
    if (place === undefined) return pass(call, next);
    const ttlMs = ttlOf('semanticCache', call, settings.ttlMs);

    const { answers, lookup } = (made ??= make(call.state.runtime.clock));
    const { vector, found } = await lookup.look(call, place, mode === 'refresh');
    const reply =
      found === undefined ? undefined : answers.serve(call, found.answer, found.similarity);
    if (reply !== undefined) {
      call.state.set(cacheResult, 'hit');
      return reply;
    }
    call.state.set(cacheResult, 'miss');
    tell(call, { type: 'cache', kind: 'semantic', result: 'miss' });
    const fresh: AnyReply = await next(call);
    if (vector !== undefined && fresh.meta.cache !== 'hit') {
      const kept = (): void => lookup.add(place, vector, ttlMs);
      answers.keep(call, fresh, { key: answerKey(place), ttlMs, asked: place.text, kept });
    }
    return marked(fresh, 'miss');
  };
  return Object.assign(semanticCache, { operations: ['chat'] as const });
}

async function pass(call: Call, next: Next): Promise<AnyReply> {
  // A cache around this one has looked, and what it found out stands.
  if (call.state.get(cacheResult) === undefined) call.state.set(cacheResult, 'bypass');
  tell(call, { type: 'cache', kind: 'semantic', result: 'bypass' });
  const reply: AnyReply = await next(call);
  return marked(reply, 'bypass');
}
