import type { AttemptRun, Operate } from './attempt-run.js';
import { attemptBudget, type Attempt } from './attempts.js';
import type { Call } from './call.js';
import { dropReply } from './drop-reply.js';
import type { Next } from './middleware.js';
import { observe } from './observe.js';
import type { AnyReply, StreamReply } from './reply.js';
import { stateKey, type State } from './state.js';

/**
 * Sees one attempt from right above the provider: calls `next(call)` once and gives back its reply, or throws what it threw. One that answers in
 * the place of a failure has made the attempt one that did not fail, in `meta.attempts` too; observers were told of the failure by then, and what
 * they put down stays. One that throws after it was given a stream has ended that stream.
 */
export type AttemptLayer = (call: Call, attempt: Attempt, next: Next) => Promise<AnyReply>;

/** Sends an attempt through the layers around it. */
export type SendThrough = (call: Call, run: AttemptRun, operate: Operate) => Promise<AnyReply>;

const LAYER = stateKey<AttemptLayer>('attempt layer');
const SEND = stateKey<SendThrough>('send through attempt layers');

/**
 * Puts `layer` around every attempt of the logical call that `state` belongs to, below all middleware. So an outer middleware, or the
 * `state` option of a call, learns of each try that retries and fallbacks make, and can time it or set a context for it:
 *
 * ```ts
 * aroundAttempts(call.state, async (inner, attempt, next) => {
 *   log('trying', attempt.number, attempt.provider, attempt.model);
 *   return observe(await next(inner), { end: ({ status }) => log(attempt.number, status) });
 * });
 * ```
 * A layer that is added later stands inside of those already there.
 */
export function aroundAttempts(state: State, layer: AttemptLayer): void {
  const outer = state.get(LAYER);
  if (outer === undefined) {
    state.set(LAYER, layer);
    // Found there, so that a program without such layers need not have it.
    state.set(SEND, sendThrough);
    return;
  }
  state.set(LAYER, (call, attempt, next) =>
    outer(call, attempt, ((inner: Call) => layer(inner, attempt, next)) as Next),
  );
}

/** How attempts of the logical call are sent that somebody put a layer around; undefined when nobody did. */
export function layeredSend(state: State): SendThrough | undefined {
  return state.get(SEND);
}

async function sendThrough(call: Call, run: AttemptRun, operate: Operate): Promise<AnyReply> {
  const layer = call.state.get(LAYER) as AttemptLayer;
  run.isWrapped = true;
  try {
    const send = (inner: Call): Promise<AnyReply> => run.send(inner, operate);
    const reply = await layer(call, run.attempt, send as Next);
    // What the layer answers in the place of a failure is what became of the attempt, for all further out. Its own observers know better.
    if (!(reply as Partial<StreamReply>).events?.outcome?.error) delete run.attempt.error;
    // Outermost of the attempt's own observers: when it is told, the others have put down what they know.
    observe(reply, {
      end() {
        run.isWrapped = false;
        run.over();
      },
    });
    // A reply that the layer made itself says of the attempts what any other says.
    const { meta } = reply;
    if (meta.attempts !== undefined) return reply;
    return { ...reply, meta: { ...meta, attempts: attemptBudget(call.state).made } };
  } catch (reason) {
    run.isWrapped = false;
    // A stream that it was given has no reader any more.
    dropReply(run.reply);
    throw run.failed(reason);
  }
}
