import type { Call } from '../../call.js';
import type { Outcome } from '../../outcome.js';
import type { AnyReply, StreamReply, UnaryReply } from '../../reply.js';
import type { Ending, Fold, OperationTraits } from '../../traits.js';
import { keptMeta, type KeptAnswer, type KeptMeta } from './kept-answer.js';
import { EventPacker } from './packed-events.js';

export interface RecordSettings {
  /** Write down when the events came, too. */
  readonly timing: boolean;
  /** A stream that is longer is not recorded to its end. */
  readonly maxBytes: number;
}

/**
 * Gives `keep` the answer once it is there and complete: at once, or at the end of a stream that nothing cut short. What an answer amounts to
 * (an incomplete one, one that calls tools) is in its `ending`. Where that cannot be told (traits that throw, an answer that cannot be read) nothing
 * is kept: a call that was answered does not fail here.
 */
export function record(
  reply: AnyReply,
  call: Call,
  settings: RecordSettings,
  keep: (answer: KeptAnswer) => void,
): void {
  try {
    if (reply.stream) reply.events.observe(new StreamRecorder(reply, call, settings, keep));
    else keep(unaryAnswer(reply as UnaryReply, call));
  } catch {
    // Not kept.
  }
}

function unaryAnswer({ result, usage, cost, meta }: UnaryReply, call: Call): KeptAnswer {
  return { result, ending: endingOf(call, result), usage, cost, meta: keptMeta(meta) };
}

function endingOf(call: Call, result: unknown): Ending {
  return call.state.runtime.traits(call.operation)?.ending?.(result as never) ?? 'answer';
}

class StreamRecorder {
  readonly #meta: KeptMeta;
  readonly #call: Call;
  readonly #settings: RecordSettings;
  readonly #keep: (answer: KeptAnswer) => void;
  readonly #timing: [number, number][] = [];
  readonly #traits: OperationTraits<never> | undefined;
  /** Makes the result, which shows what the stream amounts to. As events pass, since their reader may change them later. */
  readonly #fold: Fold<never, unknown> | undefined;
  #packer: EventPacker | undefined = new EventPacker();
  /** It broke off and was gone on with: only the answer that came of it is kept, not how. */
  #mended = false;
  #startedAt: number | undefined;

  constructor(
    { meta }: StreamReply,
    call: Call,
    settings: RecordSettings,
    keep: (answer: KeptAnswer) => void,
  ) {
    this.#meta = keptMeta(meta);
    this.#call = call;
    this.#settings = settings;
    this.#keep = keep;
    this.#traits = call.state.runtime.traits(call.operation) as OperationTraits<never> | undefined;
    if ((this.#traits?.ending ?? this.#traits?.seam) !== undefined)
      this.#fold = this.#traits?.fold?.();
  }

  batch(events: readonly object[]): void {
    const packer = this.#packer;
    if (packer === undefined) return;
    try {
      this.#take(events, packer);
    } catch {
      this.#packer = undefined;
    }
  }

  end(outcome: Outcome): void {
    try {
      this.#finish(outcome);
    } catch {
      // Not kept.
    }
  }

  #take(events: readonly object[], packer: EventPacker): void {
    const seam = this.#traits?.seam;
    for (const event of events) {
      packer.add(event);
      this.#fold?.add(event as never);
      if (seam !== undefined) this.#mended ||= seam(event as never) !== undefined;
    }
    if (this.#settings.timing) {
      const now = this.#call.state.runtime.clock.now();
      this.#startedAt ??= now;
      this.#timing.push([events.length, Math.round(now - this.#startedAt)]);
    }
    if (packer.weight * 2 > this.#settings.maxBytes) this.#packer = undefined;
  }

  #finish({ status, usage, cost }: Outcome): void {
    const events = this.#packer?.packed;
    this.#packer = undefined;
    if (status !== 'complete' || events === undefined) return;
    const meta = this.#meta;
    const result = this.#fold?.result();
    const ending = result === undefined ? 'answer' : endingOf(this.#call, result);
    if (this.#mended) {
      if (result !== undefined) this.#keep({ result, ending, usage, cost, meta });
      return;
    }
    const timing = this.#settings.timing ? this.#timing : undefined;
    this.#keep({ events, timing, ending, usage, cost, meta });
  }
}
