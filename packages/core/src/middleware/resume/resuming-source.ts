import { attemptBudget } from '../../attempts.js';
import type { CallOf } from '../../call.js';
import { tell } from '../../chain-events.js';
import { sleep } from '../../clock.js';
import { hasTimeFor } from '../../deadline.js';
import { InferwayError } from '../../error.js';
import type { Events, EventSource } from '../../events.js';
import type { Next } from '../../middleware.js';
import { formatModel } from '../../model.js';
import { sumCosts, type Cost } from '../../money.js';
import type { ChatEvent } from '../../operations/chat.js';
import { chatTraits } from '../../operations/chat-traits.js';
import { hasProviderTools } from '../../operations/runs-at-provider.js';
import type { Resumed } from '../../operations/resumed.js';
import { primed } from '../../primed.js';
import type { StreamReply } from '../../reply.js';
import { linkedController, type LinkedController } from '../../signal.js';
import type { Usage } from '../../usage.js';
import { completedUsage } from '../../completed-usage.js';
import { outputLength, tokensOf } from '../../token-estimate.js';
import { askedWaitMs, retryDelayMs } from '../retry-delay.js';
import type { Taken } from '../retry-quota.js';
import { AnswerSoFar } from './answer-so-far.js';
import { Joint } from './joint.js';
import { givePrefix, mayPrefix, withPrefix, type Prefixed } from './prefix.js';
import type { ResumeRules } from './resume-rules.js';
import { sumUsage } from './sum-usage.js';
import './resume-events.js';

type ChatCall = CallOf<'chat', true>;

/** The events of a chat that goes on where it broke off: each time another reply of the rest of the chain. */
export class ResumingSource implements EventSource<ChatEvent> {
  readonly #call: ChatCall;
  readonly #next: Next;
  readonly #rules: ResumeRules;
  readonly #soFar = new AnswerSoFar();
  #inner: Events<ChatEvent>;
  #joint: Joint | undefined;
  /** What broken attempts used. */
  readonly #used: Usage[] = [];
  readonly #costs: (Cost | undefined)[] = [];
  #characters = 0;
  #times = 0;
  #taken: Taken | undefined;
  // Only once it breaks: most never do.
  #link: LinkedController | undefined;

  constructor(call: ChatCall, next: Next, rules: ResumeRules, events: Events<ChatEvent>) {
    this.#call = call;
    this.#next = next;
    this.#rules = rules;
    this.#inner = events;
  }

  get usage(): Usage | undefined {
    return this.#withUsed(this.#inner.usage);
  }

  /** Of all attempts, where each is known to have one. */
  get cost(): Cost | undefined {
    const last = this.#inner.outcome?.cost;
    if (this.#costs.length === 0) return last;
    const all = [...this.#costs, last].filter((cost) => cost !== undefined);
    return all.length === this.#costs.length + 1 ? sumCosts(all) : undefined;
  }

  async pull(): Promise<readonly ChatEvent[] | undefined> {
    for (;;) {
      let batch: readonly ChatEvent[] | undefined;
      try {
        batch = await this.#inner.nextBatch();
      } catch (reason) {
        const resumed = await this.#goOn(InferwayError.from(reason));
        this.#soFar.add(resumed);
        return [resumed];
      }
      if (batch === undefined) {
        this.#link?.release();
        this.#succeeded();
        return undefined;
      }
      const events = this.#passed(batch);
      if (events.length > 0) return events;
    }
  }

  cancel(reason: InferwayError): void {
    this.#link?.abort(reason);
    this.#link?.release();
    this.#inner.cancel(reason);
  }

  #passed(batch: readonly ChatEvent[]): readonly ChatEvent[] {
    for (const event of batch)
      this.#characters += outputLength(chatTraits as never, event as never);
    let events = this.#joint === undefined ? batch : this.#joint.join(batch);
    if (this.#used.length > 0) events = events.map((event) => this.#counted(event));
    for (const event of events) this.#soFar.add(event);
    return events;
  }

  #counted(event: ChatEvent): ChatEvent {
    return event.type === 'end' ? { ...event, usage: this.#withUsed(event.usage) } : event;
  }

  #withUsed(usage: Usage | undefined): Usage | undefined {
    if (this.#used.length === 0) return usage;
    return sumUsage([...this.#used, this.#estimated(usage)]);
  }

  #estimated(usage: Usage | undefined): Usage {
    return completedUsage(this.#call as never, usage, () => tokensOf(this.#characters));
  }

  // Streams that end well earn what those that break off may cost.
  #succeeded(): void {
    const { quota } = this.#rules;
    if (quota.full) return;
    quota.succeeded({ provider: this.#call.model.provider, credential: undefined }, this.#taken);
  }

  /** Asks for the rest; throws `error` where nothing can or may go on. */
  async #goOn(error: InferwayError): Promise<Resumed> {
    const { state, signal, model } = this.#call;
    const { rules, delayMs } = { rules: this.#rules, delayMs: this.#delayFor(error) };
    if (delayMs === undefined || signal.aborted) throw error;
    const owner = { provider: error.provider ?? model.provider, credential: undefined };
    const taken = rules.quota.take(owner, error);
    if (taken === undefined) throw error;
    this.#taken = taken;

    this.#times++;
    this.#used.push(this.#estimated(this.#inner.usage));
    this.#costs.push(this.#inner.outcome?.cost);
    this.#characters = 0;
    const link = (this.#link ??= linkedController(signal));
    const prefixed = this.#prefixed();
    let reply: StreamReply<'chat'>;
    try {
      await sleep(state.runtime.clock, delayMs, link.signal);
      reply = await link.race(this.#ask(prefixed, link), (late) => late.events.cancel());
    } catch (reason) {
      link.release();
      if (link.signal.aborted) throw link.signal.reason;
      error.failures = [error, InferwayError.from(reason)];
      throw error;
    }
    return this.#resumed(reply, error, prefixed);
  }

  /** How long to wait before the next attempt; undefined where there is to be none. */
  #delayFor(error: InferwayError): number | undefined {
    const { state } = this.#call;
    const { times, baseMs, retryAfterCapMs, on } = this.#rules;
    // What fails before its first content was for the layers further in to repeat.
    if (!this.#soFar.began || this.#soFar.final || hasProviderTools(this.#call as never))
      return undefined;
    if (this.#times >= times || !attemptBudget(state).allowsRetry) return undefined;
    if (error.code === 'aborted' || !on(error, this.#call as never)) return undefined;
    const asked = askedWaitMs(error);
    if (asked !== undefined && asked > retryAfterCapMs) return undefined;
    const { clock } = state.runtime;
    const delayMs = retryDelayMs({ baseMs, maxMs: baseMs }, 1, asked, clock.random());
    return hasTimeFor(state, delayMs) ? delayMs : undefined;
  }

  #prefixed(): Prefixed | undefined {
    const { prefixFor, mode } = this.#rules;
    const { request } = this.#call;
    const text = this.#soFar.text?.trimEnd();
    if (mode !== 'continue' || text === undefined || !mayPrefix(request)) return undefined;
    return { asked: request, text, prefixFor, given: false };
  }

  async #ask(prefixed: Prefixed | undefined, link: LinkedController): Promise<StreamReply<'chat'>> {
    const { request, state } = this.#call;
    if (prefixed !== undefined) givePrefix(state, prefixed);
    const call = {
      ...this.#call,
      signal: link.signal,
      request: prefixed === undefined ? request : withPrefix(request, prefixed.text),
    };
    return (await primed(await this.#next(call as never), call as never)) as StreamReply<'chat'>;
  }

  #resumed(
    { events, meta }: StreamReply<'chat'>,
    { code }: InferwayError,
    prefixed: Prefixed | undefined,
  ): Resumed {
    // An adapter that leaves the last message out says so: the answer then begins anew.
    const left = meta.warnings?.some(
      ({ type, setting }) => type === 'unsupported' && setting?.startsWith('messages') === true,
    );
    const mode = prefixed?.given === true && left !== true ? 'continue' : 'restart';
    const { openText, nextIndex, text = '' } = this.#soFar;
    const space = text.slice(text.trimEnd().length);
    this.#joint = mode === 'continue' ? new Joint({ openText, nextIndex, space }) : undefined;
    this.#inner = events;
    const { provider, model } = meta;
    const target = formatModel({ provider, id: model });
    tell(this.#call as never, { type: 'resume', mode, error: code, target, time: this.#times });
    return { type: 'resumed', mode, error: code, provider, model };
  }
}
