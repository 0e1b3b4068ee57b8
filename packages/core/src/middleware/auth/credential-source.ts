import type { Call } from '../../call.js';
import type { Credential } from '../../credential.js';
import type { InferwayError } from '../../error.js';
import type { ReplyMeta } from '../../reply.js';

/** Where the credentials of a provider come from. Implement it to read a vault, a database, the tenant's own key … */
export interface CredentialSource {
  /**
   * The credential for this attempt.
   *
   * @throws {InferwayError} `authentication` where there is none; nothing is sent then.
   */
  get(call: Call): Credential | Promise<Credential>;
  /**
   * An attempt with a credential of this source failed. True if `get` now gives another one that is worth an attempt at once,
   * within the call's attempt budget.
   */
  failed?(credential: Credential, error: InferwayError, call: Call): boolean;
  /** An attempt with a credential of this source was accepted; `meta.rateLimit` says what the provider told of its limits. */
  answered?(credential: Credential, meta: ReplyMeta, call: Call): void;
}
