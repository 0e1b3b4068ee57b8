import type { Attempt } from '../../attempts.js';
import type { Call } from '../../call.js';
import type { InferwayError } from '../../error.js';
import type { Cost } from '../../money.js';
import type { Outcome } from '../../outcome.js';
import type { ReplyMeta } from '../../reply.js';
import type { Usage } from '../../usage.js';

/** What one attempt that reached a provider cost. */
export interface Charge {
  /** The call as it was sent: its model is the one that is paid for. */
  readonly call: Call;
  readonly attempt: Attempt;
  readonly status: Outcome['status'];
  /** As reported; what was not reported is filled in by an estimate and then flagged `estimated`. Undefined where nothing was used. */
  readonly usage?: Usage | undefined;
  readonly cost: Cost;
  /** Of the reply, where there was one. */
  readonly meta?: ReplyMeta | undefined;
  readonly error?: InferwayError | undefined;
}
