import { attemptBudget } from '../../attempts.js';
import { InferwayError } from '../../error.js';
import type { Middleware } from '../../middleware.js';
import { primed } from '../../primed.js';
import type { AnyReply } from '../../reply.js';
import { abortReason } from '../../signal.js';
import { badOption } from '../option-checks.js';
import type { CredentialSource } from './credential-source.js';

/** A source for each provider by its name in the client, or one for all. Providers without one use their own key. */
export type AuthSources = CredentialSource | Readonly<Record<string, CredentialSource>>;

/**
 * Gives each attempt its credential, and goes on with another one of the same source at once where one is refused, out of credit or
 * rate limited. Belongs innermost: which credential is used differs from attempt to attempt.
 *
 * ```ts
 * auth({ openai: env('OPENAI_API_KEY'), anthropic: pool([first, second]) });
 * ```
 */
export function auth(sources: AuthSources): Middleware {
  const sourceOf = lookup(sources);

  return async function auth(call, next) {
    const source = sourceOf(call.model.provider);
    if (source === undefined) return next(call);
    for (;;) {
      const given = source.get(call);
      const credential = given instanceof Promise ? await given : given;
      if (call.signal.aborted) throw abortReason(call.signal);
      try {
        const reply: AnyReply = await next({ ...call, credential });
        // Some providers refuse a key in the first event of a stream that they accepted.
        return reply.stream && source.failed !== undefined ? await primed(reply, call) : reply;
      } catch (reason) {
        const error = InferwayError.from(reason);
        if (call.signal.aborted) throw error;
        const another = source.failed?.(credential, error, call) === true;
        if (!another || !attemptBudget(call.state).allowsRetry) throw error;
      }
    }
  };
}

function lookup(sources: AuthSources): (provider: string) => CredentialSource | undefined {
  if (isSource(sources)) return () => sources;
  const byProvider = new Map<string, CredentialSource>();
  for (const [provider, source] of Object.entries(sources)) {
    if (!isSource(source)) {
      throw badOption(
        provider,
        `auth: the source for "${provider}" is not one. Use env('…'), fixed('…'), pool([…]) or refreshing(…).`,
      );
    }
    byProvider.set(provider, source);
  }
  return (provider) => byProvider.get(provider);
}

function isSource(given: unknown): given is CredentialSource {
  return (
    typeof given === 'object' && given !== null && 'get' in given && typeof given.get === 'function'
  );
}
