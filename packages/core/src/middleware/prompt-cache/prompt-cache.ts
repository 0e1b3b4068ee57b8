import { hash } from 'node:crypto';
import type { Call } from '../../call.js';
import { callerOf } from '../../caller.js';
import { tell } from '../../chain-events.js';
import { on, type Middleware } from '../../middleware.js';
import { observe } from '../../observe.js';
import { checkPriceBook } from '../../option-checks.js';
import type { AnyReply } from '../../reply.js';
import { priceBookOf } from '../../call-prices.js';
import { canonicalJson } from '../../canonical-json.js';
import { cacheSavings } from './cache-savings.js';
import { isLongPrefix, leadingSystem } from './marker-places.js';
import { hasOwnMarkers } from './own-markers.js';
import { placeMarkers } from './place-markers.js';
import './prompt-cache-events.js';
import { rulesOf, type CheckedRule, type PromptCacheOptions } from './prompt-cache-options.js';

type ChatCall = Call<'chat'>;

/**
 * Lets chats use the providers' own prompt caches: marks the prefixes that will come again (tools and system prompt, long documents, the conversation
 * so far), or names the cache that requests of one prefix share, as each provider wants it. A request that has markers of the caller's is left
 * as it is. The answers stay the same; what was saved is told as `prompt-cache`.
 *
 * It stands inside of everything that chooses a provider, since each is served in its own way, and inside of `cache`, whose keys know nothing of it.
 *
 * @throws {InferwayError} `configuration` for rules that cannot work.
 */
export function promptCache(options: PromptCacheOptions): Middleware {
  const ruleOf = rulesOf(options);
  const prices = checkPriceBook('promptCache', options.prices);

  return on('chat', async function promptCache(call, next) {
    const rule = ruleOf(call);
    if (rule === undefined) return next(call);
    const { changed, markers } = prepared(call, rule);
    const reply = await next(changed);
    const { servedBy } = reply.meta;
    return observe(reply as AnyReply, {
      end({ usage }) {
        const book = prices ?? priceBookOf(call.state) ?? undefined;
        const done = cacheSavings(call, book, usage, servedBy);
        tell(call, { type: 'prompt-cache', markers, ...done });
      },
    }) as typeof reply;
  });
}

function prepared(call: ChatCall, rule: CheckedRule): { changed: ChatCall; markers: number } {
  if (rule.how === 'key') return { changed: withKey(call, rule), markers: 0 };
  if (rule.how === 'watch' || hasOwnMarkers(call.request, call.model.provider))
    return { changed: call, markers: 0 };
  const { request, markers } = placeMarkers(call.request, rule);
  return { changed: markers === 0 ? call : ({ ...call, request } as ChatCall), markers };
}

// One tenant's key is never another's, so that nobody learns from the speed of an answer what others have asked.
function withKey(call: ChatCall, rule: CheckedRule): ChatCall {
  const { request, model, state } = call;
  if (request.promptCacheKey !== undefined) return call;
  const system = request.messages.slice(0, leadingSystem(request.messages));
  const prefix = { tools: request.tools, messages: system };
  if (!isLongPrefix(prefix, rule.minTokens)) return call;
  const text = canonicalJson([callerOf(state).tenant ?? null, model.id, prefix]);
  if (text === undefined) return call;
  const promptCacheKey = hash('sha256', text, 'base64url').slice(0, 32);
  return { ...call, request: { ...request, promptCacheKey } } as ChatCall;
}
