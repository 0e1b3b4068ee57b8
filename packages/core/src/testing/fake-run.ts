import type { Call } from '../call.js';
import { InferwayError } from '../error.js';
import { Events, type EventSource } from '../events.js';
import type { Operation } from '../operations.js';
import type { AnyReply, ReplyMeta } from '../reply.js';
import { replay } from '../replay.js';
import { abortReason } from '../signal.js';
import type { Usage } from '../usage.js';
import type { Step } from './step.js';

/** What one attempt at a fake provider left behind. */
export interface FakeAttempt {
  readonly call: Call;
  /** When it began, in the client's clock. */
  readonly at: number;
  /** Why the chain let go of it, where it did before the script's end. */
  cancelled?: InferwayError;
  /** True from its end on, however it ended. */
  closed: boolean;
}

/** Runs the script of one attempt. */
export class FakeRun implements EventSource<object> {
  usage: Usage | undefined;
  readonly #call: Call;
  readonly #steps: readonly Step[];
  readonly #attempt: FakeAttempt;
  #index = 0;
  #deaf = false;
  #wake: (() => void) | undefined;
  #meta: Partial<ReplyMeta> | undefined;

  constructor(call: Call, steps: readonly Step[], attempt: FakeAttempt) {
    this.#call = call;
    this.#steps = steps;
    this.#attempt = attempt;
  }

  async reply(): Promise<AnyReply> {
    const onAbort = (): void => this.cancel(abortReason(this.#call.signal));
    this.#call.signal.addEventListener('abort', onAbort);
    try {
      return await this.#reply();
    } catch (reason) {
      this.#attempt.closed = true;
      throw reason;
    } finally {
      this.#call.signal.removeEventListener('abort', onAbort);
    }
  }

  async pull(): Promise<readonly object[] | undefined> {
    for (;;) {
      const step = await this.#step();
      if (step === undefined) break;
      if (step.do === 'emit') {
        this.#call.progress?.bytes?.(step.events.length);
        if (step.events.length > 0) return step.events;
      }
      if (step.do === 'result') return this.#unfolded(step.result);
    }
    this.#attempt.closed = true;
    return undefined;
  }

  cancel(reason: InferwayError): void {
    if (this.#attempt.closed) return;
    this.#attempt.cancelled ??= reason;
    this.#attempt.closed = true;
    if (!this.#deaf) this.#wake?.();
  }

  async #reply(): Promise<AnyReply> {
    const { model, stream, signal } = this.#call;
    if (signal.aborted) throw abortReason(signal);
    while (this.#meta === undefined && !this.#answers()) await this.#step();
    this.#call.progress?.headers?.(200);
    const meta: ReplyMeta = { provider: model.provider, model: model.id, ...this.#meta };
    if (stream) return { stream: true, events: new Events(this, signal) as never, meta };

    const events: object[] = [];
    let answer: object | undefined;
    for (let step = await this.#step(); step !== undefined; step = await this.#step()) {
      if (step.do === 'emit' || step.do === 'result') this.#call.progress?.bytes?.(1);
      if (step.do === 'emit') events.push(...step.events);
      if (step.do === 'result') answer = step.result;
    }
    this.#attempt.closed = true;
    const recording = { result: answer, events, usage: this.usage, meta };
    const reply = replay(this.#call, recording as never);
    if (reply === undefined) throw noTraits(this.#call.operation);
    return reply;
  }

  #answers(): boolean {
    const next = this.#steps[this.#index]?.do;
    return next === undefined || next === 'emit' || next === 'result';
  }

  /** Takes the next step; undefined at the end of the script. */
  async #step(): Promise<Step | undefined> {
    const step = this.#steps[this.#index++];
    const { progress } = this.#call;
    switch (step?.do) {
      case 'wait':
      case 'stall':
        await this.#pause(step.do === 'wait' ? step.ms : undefined);
        break;
      case 'connecting':
        progress?.connecting?.();
        break;
      case 'connected':
        progress?.connected?.();
        break;
      case 'bytes':
        progress?.bytes?.(step.count);
        break;
      case 'accept':
        this.#meta = step.meta;
        break;
      case 'usage':
        this.usage = step.usage;
        break;
      case 'fail':
        this.#attempt.closed = true;
        throw step.error;
      case 'ignore-cancel':
        this.#deaf = true;
        break;
      default:
    }
    return step;
  }

  async #pause(ms: number | undefined): Promise<void> {
    const { clock } = this.#call.state.runtime;
    const { cancelled } = this.#attempt;
    if (cancelled !== undefined && !this.#deaf) throw cancelled;
    let timer: unknown;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (ms !== undefined) timer = clock.setTimer(resolve, ms);
    });
    this.#wake = undefined;
    if (timer !== undefined) clock.clearTimer(timer);
    if (this.#attempt.cancelled !== undefined && !this.#deaf) throw this.#attempt.cancelled;
  }

  #unfolded(answer: object): readonly object[] {
    const { operation, state } = this.#call;
    const traits = state.runtime.traits(operation);
    const events = traits?.unfold?.(answer as never, this.usage);
    if (events === undefined) throw noTraits(operation);
    return events;
  }
}

function noTraits(operation: Operation): InferwayError {
  return new InferwayError('configuration', {
    message: `The script cannot serve this shape: the operation "${operation}" has no traits that turn events and results into each other. Use result() for unary and emit() for streamed calls, or give the fake provider "traits".`,
  });
}
