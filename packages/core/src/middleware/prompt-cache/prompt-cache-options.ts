import type { Call } from '../../call.js';
import { badOption, checkAmount, checkCount } from '../../option-checks.js';
import type { CacheMarker } from '../../operations/parts.js';
import type { PriceBook } from '../../price.js';

/**
 * How a provider's prompt cache is used. `markers`: it keeps what is marked; `key`: it caches by itself, and requests of one key meet the same
 * cache; `watch`: it caches by itself, and what that saves is told.
 */
export type PromptCacheWay = 'markers' | 'key' | 'watch';

/** A way with figures of its own. */
export interface PromptCacheRule {
  readonly how: PromptCacheWay;
  /** Prefixes that are shorter, by estimate, are not marked: providers do not keep them. Default 1,024 tokens. */
  readonly minTokens?: number | undefined;
  /** Default 4, which is what Anthropic takes. */
  readonly maxMarkers?: number | undefined;
  /** How long tools, system prompt and documents are kept. Default the provider's own time (5 minutes). */
  readonly ttl?: CacheMarker['ttl'];
  /** How long the conversation is kept. Default the provider's own time. */
  readonly conversationTtl?: CacheMarker['ttl'];
}

/** Which providers' caches are used, and how. `providers` is needed. */
export interface PromptCacheOptions {
  /**
   * What is done for which provider, by its name in the client: `{ anthropic: 'markers', openai: 'key' }`; or a function, where it depends on the
   * model. Providers that are not named are left alone.
   */
  readonly providers:
    | Readonly<Record<string, PromptCacheWay | PromptCacheRule>>
    | ((call: Call<'chat'>) => PromptCacheWay | PromptCacheRule | undefined);
  /** For what is told of savings. Default those of `cost` in the same chain. */
  readonly prices?: PriceBook | undefined;
}

export interface CheckedRule {
  readonly how: PromptCacheWay;
  readonly minTokens: number;
  readonly maxMarkers: number;
  readonly ttl: CacheMarker['ttl'];
  readonly conversationTtl: CacheMarker['ttl'];
}

/** @throws {InferwayError} `configuration` naming what cannot work. */
export function rulesOf(
  options: PromptCacheOptions,
): (call: Call<'chat'>) => CheckedRule | undefined {
  const { providers } = options;
  if (typeof providers === 'function') {
    return (call) => {
      const rule = providers(call);
      return rule === undefined ? undefined : checkRule(call.model.provider, rule);
    };
  }
  if (typeof providers !== 'object' || providers === null) {
    throw badOption(
      'providers',
      `promptCache: providers is missing. Name them: providers: { anthropic: 'markers', openai: 'key' }.`,
    );
  }
  const rules = new Map(
    Object.entries(providers).map(([name, rule]) => [name, checkRule(name, rule)]),
  );
  return ({ model }) => rules.get(model.provider);
}

function checkRule(provider: string, given: PromptCacheWay | PromptCacheRule): CheckedRule {
  const owner = `promptCache (${provider})`;
  const rule: PromptCacheRule = typeof given === 'object' ? given : { how: given };
  const { how, ttl, conversationTtl } = rule;
  if (how !== 'markers' && how !== 'key' && how !== 'watch') {
    throw badOption(
      'providers',
      `${owner}: ${JSON.stringify(how)} is no way to use a provider's prompt cache. Give 'markers', 'key' or 'watch'.`,
    );
  }
  checkTtl(owner, 'ttl', ttl);
  checkTtl(owner, 'conversationTtl', conversationTtl);
  if (conversationTtl === '1h' && ttl !== '1h') {
    throw badOption(
      'conversationTtl',
      `${owner}: what comes later in a prompt cannot be kept longer than what stands before it. Set ttl: '1h', too.`,
    );
  }
  return {
    how,
    ttl,
    conversationTtl,
    minTokens: checkAmount(owner, 'minTokens', rule.minTokens ?? 1024),
    maxMarkers: checkCount(owner, 'maxMarkers', rule.maxMarkers ?? 4),
  };
}

function checkTtl(owner: string, param: string, ttl: unknown): void {
  if (ttl === undefined || ttl === '5m' || ttl === '1h') return;
  throw badOption(param, `${owner}: ${param} is ${JSON.stringify(ttl)}; give '5m' or '1h'.`);
}
