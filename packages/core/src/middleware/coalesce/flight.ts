import { attemptBudget } from '../../attempts.js';
import type { Call } from '../../call.js';
import { callIdOf } from '../../call-id.js';
import { deadlineOf, withDeadline } from '../../deadline.js';
import { InferwayError } from '../../error.js';
import { copyError } from '../../error-copy.js';
import { Events } from '../../events.js';
import type { Next } from '../../middleware.js';
import type { AnyReply, ReplyMeta, StreamReply, UnaryReply } from '../../reply.js';
import { linkedController, type LinkedController } from '../../signal.js';
import { forFree } from '../for-free.js';
import { MemberSource } from './member-source.js';
import { SharedStream, type StreamBounds } from './shared-stream.js';

/** One of the calls that share an answer. */
export interface Member {
  readonly call: Call;
  /** It asked first, and pays. */
  readonly leads: boolean;
}

/**
 * One call of the chain that several callers wait for. It has a signal and a deadline of its own: it ends early only when the last of them has
 * left, whoever that is, and has time as long as one of them has.
 */
export class Flight {
  readonly #bounds: StreamBounds;
  readonly #closed: () => void;
  readonly #members = new Set<Member>();
  // Follows no caller's signal: they come and go.
  readonly #link: LinkedController = linkedController(undefined);
  #reply: Promise<AnyReply> | undefined;
  #stream: SharedStream<unknown> | undefined;
  #first: Call['state'] | undefined;
  #joinable = true;
  /** The whole answer is there, or it failed: nothing is left to be cancelled. */
  #done = false;
  /** It failed for a reason of the first caller's own: before a provider was asked, or by its budget, which refuses attempts. */
  #private = false;

  /** @param closed Told once, when nobody may join any more. */
  constructor(bounds: StreamBounds, closed: () => void) {
    this.#bounds = bounds;
    this.#closed = closed;
  }

  get size(): number {
    return this.#members.size;
  }

  /** The id of the call that asked first. */
  get leader(): string {
    return this.#first === undefined ? '' : callIdOf(this.#first);
  }

  /** Asks on behalf of the first member. */
  start(leader: Member, next: Next): void {
    this.#first = leader.call.state;
    this.join(leader);
    this.#reply = this.#fly(leader.call, next);
    // Also where nobody waits for it any more.
    this.#reply.catch(() => {});
  }

  /** Takes part; `wait` comes next. */
  join(member: Member): void {
    this.#members.add(member);
  }

  /** The member's own reply; undefined where it must ask for itself. */
  async wait(member: Member): Promise<AnyReply | undefined> {
    const link = linkedController(member.call.signal);
    let reply: AnyReply;
    try {
      reply = await link.race(this.#reply as Promise<AnyReply>);
    } catch (reason) {
      this.#leave(member);
      if (link.signal.aborted || member.leads) throw reason;
      if (this.#private) return undefined;
      throw copyError(InferwayError.from(reason));
    } finally {
      link.release();
    }
    if (reply.stream) return this.#streamOf(member, reply);
    this.#leave(member);
    return member.leads ? reply : copyOf(reply as UnaryReply);
  }

  async #fly(call: Call, next: Next): Promise<AnyReply> {
    const { made } = attemptBudget(call.state);
    const before = made.length;
    const state = withDeadline(call.state, () => this.#latest());
    try {
      const reply: AnyReply = await next({ ...call, signal: this.#link.signal, state });
      if (reply.stream) this.#share(reply.events as Events<unknown>);
      else this.#settled();
      return reply;
    } catch (reason) {
      this.#private =
        made.length === before || (InferwayError.is(reason) && reason.code === 'budget');
      this.#settled();
      throw reason;
    }
  }

  #share(events: Events<unknown>): void {
    // It came after the last caller had left.
    if (this.#done) events.cancel(this.#link.signal.reason);
    this.#stream = new SharedStream(events, this.#bounds, () => {
      this.#done ||= this.#stream?.ended === true;
      this.#close();
    });
  }

  #streamOf(member: Member, { events, meta }: StreamReply): AnyReply {
    const shared = this.#stream as SharedStream<unknown>;
    const source = new MemberSource(shared, member.leads, () => this.#leave(member));
    const own = new Events<unknown>(source, member.call.signal) as typeof events;
    const reply: StreamReply = { stream: true, events: own, meta: metaOf(meta, member) };
    if (!member.leads) return forFree(reply);
    own.observe({
      end(outcome) {
        outcome.cost ??= events.outcome?.cost;
      },
    });
    return reply;
  }

  #leave(member: Member): void {
    this.#members.delete(member);
    if (this.#members.size > 0 || this.#done) return;
    this.#settled();
    const reason = new InferwayError('aborted', {
      message: 'All callers that shared the call have left it.',
    });
    this.#link.abort(reason);
    this.#stream?.cancel(reason);
  }

  #settled(): void {
    this.#done = true;
    this.#close();
  }

  #close(): void {
    if (!this.#joinable) return;
    this.#joinable = false;
    this.#closed();
  }

  #latest(): number {
    let latest = Number.NEGATIVE_INFINITY;
    for (const { call } of this.#members) {
      latest = Math.max(latest, deadlineOf(call.state) ?? Number.POSITIVE_INFINITY);
    }
    return latest;
  }
}

// What tells of the exchange itself (limits, timings, attempts) is the first caller's.
function metaOf(meta: ReplyMeta, { leads }: Member): ReplyMeta {
  if (leads) return meta;
  const { provider, model, servedBy, requestId, warnings } = meta;
  return { provider, model, servedBy, requestId, warnings, coalesced: true };
}

// Callers may change what they are given.
function copyOf(reply: UnaryReply): AnyReply | undefined {
  try {
    const meta = metaOf(reply.meta, { leads: false } as Member);
    return forFree({ ...reply, result: structuredClone(reply.result), meta });
  } catch {
    return undefined;
  }
}
