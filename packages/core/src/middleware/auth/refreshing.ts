import type { Call } from '../../call.js';
import { Credential } from '../../credential.js';
import { InferwayError } from '../../error.js';
import { untilAborted } from '../../signal.js';
import { checkMs } from '../../option-checks.js';
import { checkSecret } from '../../check-secret.js';
import type { CredentialSource } from './credential-source.js';

/** A secret as it was issued. */
export interface FreshSecret {
  readonly secret: string;
  /** Its lifetime from now; absent: until it is refused. */
  readonly expiresInMs?: number | undefined;
}

export interface RefreshingOptions {
  /** How long before its end a secret is replaced, at most half of its lifetime. Default 60,000. */
  readonly aheadMs?: number | undefined;
  /** How long one load may take. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** The label by which logs and traces may name it. Default `refreshing`. */
  readonly id?: string | undefined;
}

interface Held {
  readonly credential: Credential;
  /** From then on it is replaced in the background. */
  readonly staleAt: number;
  readonly expiresAt: number;
  /** Loaded because its forerunner was refused: if it is refused too, another load at once would not help. */
  readonly forced: boolean;
}

/**
 * A secret that runs out: a token of a cloud, of an identity provider. All calls share one load; it is replaced ahead of its end while
 * calls go on with the old one, and once at once when the provider refuses it. A caller who leaves does not stop the load for the others.
 */
export function refreshing(
  load: (signal: AbortSignal) => Promise<FreshSecret>,
  options: RefreshingOptions = {},
): CredentialSource {
  const aheadMs = checkMs('refreshing', 'aheadMs', options.aheadMs ?? 60_000);
  const timeoutMs = checkMs('refreshing', 'timeoutMs', options.timeoutMs ?? 30_000);
  const id = options.id ?? 'refreshing';
  let held: Held | undefined;
  let refused = false;
  let loading: Promise<Credential> | undefined;

  const loadNow = async (call: Call): Promise<Credential> => {
    const { clock } = call.state.runtime;
    const controller = new AbortController();
    const forced = refused;
    const timer = clock.setTimer(() => controller.abort(tooSlow(id, timeoutMs)), timeoutMs);
    try {
      const fresh = await untilAborted(load(controller.signal), controller.signal);
      const now = clock.now();
      const lifetime = fresh.expiresInMs ?? Number.POSITIVE_INFINITY;
      const credential = new Credential(checkSecret(fresh.secret, `refreshing(…) "${id}"`), id);
      const expiresAt = now + lifetime;
      held = {
        credential,
        staleAt: expiresAt - Math.min(aheadMs, lifetime / 2),
        expiresAt,
        forced,
      };
      refused = false;
      return credential;
    } finally {
      clock.clearTimer(timer);
      loading = undefined;
    }
  };
  const shared = (call: Call): Promise<Credential> => (loading ??= loadNow(call));

  return {
    get(call) {
      const now = call.state.runtime.clock.now();
      if (held !== undefined && now < held.expiresAt) {
        // What fails here is tried again by the next call, and told once the old secret has run out.
        if (now >= held.staleAt) shared(call).catch(() => {});
        return held.credential;
      }
      return untilAborted(
        shared(call).catch((reason: unknown) => {
          // An error for each call that waits: what the chain writes on it is of that call alone.
          throw loadFailed(id, reason);
        }),
        call.signal,
      );
    },
    failed(credential, error) {
      if (error.code !== 'authentication') return false;
      if (credential !== held?.credential) return true;
      const { forced } = held;
      held = undefined;
      refused = true;
      return !forced;
    },
  };
}

function tooSlow(id: string, timeoutMs: number): InferwayError {
  return new InferwayError('authentication', {
    message: `The secret "${id}" could not be loaded within ${timeoutMs} ms. Check the service that issues it, or raise timeoutMs.`,
  });
}

function loadFailed(id: string, cause: unknown): InferwayError {
  const known = InferwayError.is(cause);
  return new InferwayError(known ? cause.code : 'authentication', {
    message: known
      ? cause.message
      : `The secret "${id}" could not be loaded; see "cause". Check the service that issues it.`,
    cause,
  });
}
