import { attemptBudget, DEFAULT_ATTEMPTS } from './attempts.js';
import { lazyBatches } from './batch/lazy-batches.js';
import { systemClock } from './clock.js';
import type { BatchSettings, ClientBatches } from './batch/client-batch-types.js';
import type { Call } from './call.js';
import type { CallOptions } from './client-input.js';
import type { Client, ClientBase, ClientOptions, SendOptions } from './client-types.js';
import { setDeadline } from './deadline.js';
import { dropReply } from './drop-reply.js';
import { InferwayError } from './error.js';
import { illShaped } from './ill-shaped.js';
import type { Next } from './middleware.js';
import { parseModel, type Model } from './model.js';
import { chatTraits } from './operations/chat-traits.js';
import type { Operation } from './operations.js';
import type { Outcome } from './outcome.js';
import { pipeline } from './pipeline.js';
import type { Provider } from './provider.js';
import type { AnyReply, StreamReply, UnaryReply } from './reply.js';
import { ReplyStream } from './reply-stream.js';
import type { Runtime } from './runtime.js';
import { callerAbortReason, linkedController, type LinkedController } from './signal.js';
import { State } from './state.js';
import { reachProvider } from './terminal.js';
import type { OperationTraits, Prepared } from './traits.js';

/** Makes the request that travels, at once or after reading something; `signal` ends the reading. */
type MakeRequest = (signal: AbortSignal) => unknown;

/**
 * Makes a client: one method for each operation of its providers, every call of which runs through `middleware`.
 *
 * @throws {InferwayError} `configuration` for two providers of one name.
 */
export function createClient<const P extends readonly Provider[]>(
  options: ClientOptions<P>,
): Client<P[number]> {
  const providers = new Map<string, Provider>();
  for (const provider of options.providers) {
    if (providers.has(provider.name)) {
      throw new InferwayError('configuration', {
        message: `Two providers are named "${provider.name}". Rename one.`,
      });
    }
    providers.set(provider.name, provider as Provider);
  }
  const core = new ClientCore(options, providers);
  const methods: Record<string, unknown> = {};
  for (const provider of options.providers) {
    for (const [key, value] of Object.entries(provider)) {
      if (typeof value === 'function' && key !== 'models' && key !== 'close')
        methods[key] ??= core.method(key as Operation);
    }
  }
  const base: ClientBase & Pick<Client, 'batch'> = {
    send: ((operation: Operation, request: unknown, send: SendOptions<boolean>) =>
      core.send(operation, request, send)) as ClientBase['send'],
    // Few programs ask: loaded on first use, as the batches are.
    models: async (listing) =>
      (await import('./list-models.js')).listModels(options.providers, listing?.signal),
    batch: core.batches(providers),
    async close() {
      await Promise.all(options.providers.map((provider) => provider.close?.()));
    },
  };
  return Object.assign(methods, base) as unknown as Client<P[number]>;
}

class ClientCore {
  readonly #runtime: Runtime;
  readonly #attempts: number;
  readonly #batch: BatchSettings;
  readonly #next: (operation: Operation) => Next;

  constructor(
    options: ClientOptions<readonly Provider[]>,
    providers: ReadonlyMap<string, Provider>,
  ) {
    const traits: Partial<Record<string, unknown>> = { chat: chatTraits };
    for (const provider of options.providers) Object.assign(traits, provider.traits);
    this.#runtime = {
      clock: options.clock ?? systemClock,
      traits: <K extends Operation>(operation: K) =>
        traits[operation] as OperationTraits<K> | undefined,
    };
    this.#batch = options.batch ?? {};
    this.#attempts = checkAttempts(options.attempts ?? DEFAULT_ATTEMPTS);
    const terminal = reachProvider(providers);
    const bound = new Map<Operation, Next>();
    this.#next = (operation) => {
      let next = bound.get(operation);
      if (next === undefined) {
        next = pipeline(options.middleware ?? [], terminal, operation);
        bound.set(operation, next);
      }
      return next;
    };
  }

  method(operation: Operation): unknown {
    const run = (
      stream: boolean,
      input: { model: string | Model },
      call?: CallOptions,
    ): Promise<unknown> => {
      const traits = this.#runtime.traits(operation);
      // Without any, it is told as a call without a model, by a rejection.
      const { model, ...rest } = input ?? {};
      let prepared: Prepared<Operation> | undefined;
      const keep = (made: Prepared<Operation> | undefined): unknown => {
        prepared = made;
        return made?.request ?? rest;
      };
      const misread = (reason: unknown): never => {
        throw illShaped(reason);
      };
      const makeRequest = (signal: AbortSignal): unknown => {
        try {
          const making = traits?.prepare?.(rest as never, signal);
          return making instanceof Promise ? making.then(keep, misread) : keep(making);
        } catch (reason) {
          return misread(reason);
        }
      };
      const answer = (
        { meta }: AnyReply,
        result: unknown,
        { usage, cost }: Pick<Outcome, 'usage' | 'cost'>,
      ): unknown => {
        const whole = (more?: object): unknown => ({
          ...(result as object),
          ...traits?.answer?.(result as never),
          ...more,
          usage,
          cost,
          meta,
        });
        const more = prepared?.complete?.(result as never);
        return more instanceof Promise ? more.then(whole) : whole(more);
      };
      return this.#start(operation, makeRequest, { ...call, model, stream }, (reply) =>
        reply.stream
          ? new ReplyStream(reply as StreamReply<never>, traits, async (result) =>
              answer(reply, result, reply.events.outcome ?? reply.events),
            )
          : answer(reply, reply.result, reply),
      );
    };
    const unary = (input: { model: string | Model }, call?: CallOptions): unknown =>
      run(false, input, call);
    unary.stream = (input: { model: string | Model }, call?: CallOptions): unknown =>
      run(true, input, call);
    return unary;
  }

  batches(providers: ReadonlyMap<string, Provider>): ClientBatches<never> {
    return lazyBatches({
      runtime: this.#runtime,
      providers,
      settings: this.#batch,
      send: (operation, request, options) =>
        this.send(operation, request, options) as Promise<UnaryReply>,
    });
  }

  send(operation: Operation, request: unknown, options: SendOptions<boolean>): Promise<AnyReply> {
    return this.#start(
      operation,
      () => request,
      options,
      (reply) => reply,
    );
  }

  async #start<T>(
    operation: Operation,
    makeRequest: MakeRequest,
    options: SendOptions<boolean>,
    deliver: (reply: AnyReply) => T,
  ): Promise<Awaited<T>> {
    const model = parseModel(options.model);
    const state = new State(this.#runtime, options.state);
    if (this.#attempts !== DEFAULT_ATTEMPTS) attemptBudget(state).limit = this.#attempts;
    options.state?.(state);
    const link = linkedController(options.signal, callerAbortReason);
    let release = (): void => link.release();
    let held = false;
    let reply: AnyReply;
    try {
      if (options.timeoutMs !== undefined) release = startDeadline(state, options.timeoutMs, link);
      if (link.signal.aborted) throw link.signal.reason;
      let request = makeRequest(link.signal);
      if (request instanceof Promise) request = await link.race(request);
      const call = {
        operation,
        stream: options.stream,
        model,
        request,
        signal: link.signal,
        state,
      };
      reply = await link.race(this.#next(operation)(call as unknown as Call), dropReply);
      checkShape(reply, options.stream, operation);
      held = reply.stream;
      if (reply.stream) {
        reply.events.observe({
          end({ error }) {
            if (error !== undefined) error.attempts = attemptBudget(state).made;
            release();
          },
        });
      }
    } catch (reason) {
      const error = InferwayError.from(reason);
      // A layer that threw may have been given a stream, which nobody reads now. Why the call failed says nothing of what else runs: not whether that was sent or billed.
      link.abort(new InferwayError('aborted', { message: error.message }));
      error.attempts = attemptBudget(state).made;
      // Before the chain there is no attempt that would say where the call was to go.
      if (error.attempts.length === 0) {
        error.provider ??= model.provider;
        error.model ??= model.id;
      }
      throw error;
    } finally {
      if (!held) release();
    }
    return deliver(reply) as Awaited<T>;
  }
}

/** Gives what ends it, and lets go of the link. */
function startDeadline(state: State, ms: number, link: LinkedController): () => void {
  if (!Number.isFinite(ms) || ms <= 0) {
    throw new InferwayError('configuration', {
      message: `timeoutMs is ${ms}; give a number above 0.`,
      param: 'timeoutMs',
    });
  }
  const { clock } = state.runtime;
  setDeadline(state, state.startedAt + ms);
  const timer = clock.setTimer(() => {
    link.abort(
      new InferwayError('timeout', {
        message: `The call was not over within its ${ms} ms (all attempts together).`,
        phase: 'total',
        retryable: false,
        fallbackable: false,
      }),
    );
  }, ms);
  return () => {
    clock.clearTimer(timer);
    link.release();
  };
}

// A middleware's wide return type cannot tie the reply to the call: checked here once, so that no layer above must.
function checkShape(reply: UnaryReply | StreamReply, stream: boolean, operation: string): void {
  if (reply?.stream === stream) return;
  dropReply(reply);
  throw new InferwayError('internal', {
    message: `A middleware answered "${operation}" with no ${stream ? 'stream' : 'unary reply'}.`,
  });
}

function checkAttempts(attempts: number): number {
  if (Number.isInteger(attempts) && attempts >= 1) return attempts;
  throw new InferwayError('configuration', {
    message: `attempts is ${attempts}; give a whole number above 0.`,
    param: 'attempts',
  });
}
