import { attemptLayer } from './attempt-layer.js';
import { attemptBudget, type Attempt } from './attempts.js';
import type { Call } from './call.js';
import { InferwayError } from './error.js';
import type { Next } from './middleware.js';
import type { Provider } from './provider.js';
import type { AnyReply } from './reply.js';
import { abortReason } from './signal.js';

/** The innermost step of every chain: finds the provider that the call names, and writes down the attempt. */
export function reachProvider(providers: ReadonlyMap<string, Provider>): Next {
  const reach = async (call: Call): Promise<AnyReply> => {
    const provider = providers.get(call.model.provider);
    if (provider === undefined) throw unknownProvider(call, [...providers.keys()]);
    const operate = provider[call.operation] as ((call: Call) => Promise<AnyReply>) | undefined;
    if (typeof operate !== 'function') throw unsupported(call);

    if (call.signal.aborted) throw abortReason(call.signal);

    const { state } = call;
    const { clock } = state.runtime;
    const { made } = attemptBudget(state);
    const startedMs = clock.now() - state.startedAt;
    const attempt: Attempt = {
      number: made.length + 1,
      provider: call.model.provider,
      model: call.model.id,
      credential: call.credential?.id,
      startedMs,
    };
    made.push(attempt);
    const failed = (error: InferwayError): void => {
      error.provider ??= call.model.provider;
      error.model ??= call.model.id;
      attempt.durationMs = clock.now() - state.startedAt - startedMs;
      attempt.error = error.code;
      if (error.status !== undefined) attempt.status = error.status;
    };
    // Innermost of all observers, so that the others find the failure written down.
    const operateNow = async (inner: Call): Promise<AnyReply> => {
      const reply = await operate.call(provider, inner);
      if (reply.stream) {
        reply.events.observe({
          end({ error }) {
            if (error !== undefined) failed(error);
          },
        });
      }
      return reply;
    };
    try {
      const layer = attemptLayer(state);
      const reply = await (layer === undefined
        ? operateNow(call)
        : layer(call, attempt, operateNow as Next));
      attempt.durationMs = clock.now() - state.startedAt - startedMs;
      if (reply.meta.status !== undefined) attempt.status = reply.meta.status;
      return { ...reply, meta: { ...reply.meta, attempts: made } };
    } catch (reason) {
      const error = InferwayError.from(reason);
      failed(error);
      throw error;
    }
  };
  return reach as Next;
}

function unknownProvider(call: Call, known: readonly string[]): InferwayError {
  return new InferwayError('not_found', {
    message: `No provider is named ${JSON.stringify(call.model.provider)} here. Known: ${known.join(', ') || 'none'}. Add the provider, or correct the part of the model before the first slash.`,
    param: 'model',
    fallbackable: false,
  });
}

function unsupported(call: Call): InferwayError {
  return new InferwayError('unsupported', {
    message: `The provider "${call.model.provider}" has no operation "${call.operation}".`,
    provider: call.model.provider,
    model: call.model.id,
  });
}
