import { attemptBudget } from '../../attempts.js';
import type { Call } from '../../call.js';
import type { Credential } from '../../credential.js';
import { InferwayError } from '../../error.js';
import type { Middleware, Next } from '../../middleware.js';
import { primed } from '../../primed.js';
import type { AnyReply } from '../../reply.js';
import { send } from '../../send.js';
import { abortReason } from '../../signal.js';
import { badOption } from '../../option-checks.js';
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

  return function auth(call, next) {
    const source = sourceOf(call.model.provider);
    if (source === undefined) return next(call);
    try {
      return withCredential(call, next, source);
    } catch (reason) {
      return Promise.reject(reason);
    }
  };
}

function withCredential(call: Call, next: Next, source: CredentialSource): Promise<AnyReply> {
  const given = source.get(call);
  return given instanceof Promise
    ? given.then((credential) => sendWith(call, next, source, credential))
    : sendWith(call, next, source, given);
}

function sendWith(
  call: Call,
  next: Next,
  source: CredentialSource,
  credential: Credential,
): Promise<AnyReply> {
  if (call.signal.aborted) throw abortReason(call.signal);
  const sent = send({ ...call, credential }, next);
  // A source that does not want to know how it went, such as a fixed key, costs no promise.
  if (source.failed === undefined && source.answered === undefined) return sent;
  return sent
    .then((reply) => {
      source.answered?.(credential, reply.meta, call);
      // Some providers refuse a key in the first event of a stream that they accepted.
      return reply.stream && source.failed !== undefined ? primed(reply, call) : reply;
    })
    .catch((reason: unknown) => {
      const error = InferwayError.from(reason);
      if (call.signal.aborted) throw error;
      const another = source.failed?.(credential, error, call) === true;
      if (!another || !attemptBudget(call.state).allowsRetry) throw error;
      return withCredential(call, next, source);
    });
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
