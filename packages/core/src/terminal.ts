import { layeredSend } from './attempt-layer.js';
import { AttemptRun, type Operate } from './attempt-run.js';
import { attemptBudget } from './attempts.js';
import type { Call } from './call.js';
import { InferwayError } from './error.js';
import type { Next } from './middleware.js';
import type { Model } from './model.js';
import type { Provider } from './provider.js';
import type { AnyReply } from './reply.js';
import { abortReason } from './signal.js';
import { refusedTarget } from './target-rule.js';

/** The innermost step of every chain: finds the provider that the call names, and makes the attempt. */
export function reachProvider(providers: ReadonlyMap<string, Provider>): Next {
  const reach = (call: Call): Promise<AnyReply> => {
    try {
      return attempt(call, providers);
    } catch (reason) {
      return Promise.reject(reason);
    }
  };
  return reach as Next;
}

function attempt(call: Call, providers: ReadonlyMap<string, Provider>): Promise<AnyReply> {
  const { model, state, signal } = call;
  const provider = providers.get(model.provider);
  if (provider === undefined) throw unknownProvider(model, [...providers.keys()]);
  const operation = provider[call.operation] as Operate | undefined;
  if (typeof operation !== 'function') {
    throw new InferwayError('unsupported', {
      message: `The provider "${model.provider}" has no operation "${call.operation}".`,
      provider: model.provider,
      model: model.id,
    });
  }
  if (signal.aborted) throw abortReason(signal);
  const refused = refusedTarget(state, model);
  if (refused !== undefined) throw refused;
  const run = new AttemptRun(call, attemptBudget(state));
  const operate: Operate = (inner) => operation.call(provider, inner);
  return layeredSend(state)?.(call, run, operate) ?? run.send(call, operate);
}

function unknownProvider({ provider }: Model, known: readonly string[]): InferwayError {
  const isRoute = provider === 'auto' || provider === 'route';
  return new InferwayError(isRoute ? 'configuration' : 'not_found', {
    message: `No provider is named ${JSON.stringify(provider)} here. Known: ${known.join(', ') || 'none'}. ${isRoute ? 'Add route(…) to the chain' : 'Add it, or correct the name'}.`,
    param: 'model',
    fallbackable: false,
  });
}
