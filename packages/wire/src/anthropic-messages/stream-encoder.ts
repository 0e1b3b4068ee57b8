import type { ChatEvent, FinishReason, InferwayError, JsonObject, Usage } from '@inferway/core';
import type { EncodeAs, StreamEncoder } from '../format.js';
import { writeResumed } from '../resumed.js';
import { sse } from '../sse-writer.js';
import { BlockWriter } from './block-writer.js';
import type { JsonBody } from '../json-body.js';
import { encodeUsage } from './encode-usage.js';
import { encodeError } from './error-body.js';
import { ANTHROPIC_MESSAGES } from './name.js';
import { stopReasonOf } from './stop-reason.js';

/** Fields of a Message that are known only at its end and come with `message_delta`. */
const AT_END = ['stop_sequence', 'stop_details'];

/** Fields that stand beside `delta` in `message_delta`; the others are in it. */
const BESIDE_DELTA = new Set(['context_management', 'input_transformations']);

/**
 * Encodes one answer as the events that a client of this protocol expects: `message_start`, the blocks one after the other with indexes
 * without gaps, `message_delta` with stop reason and usage, `message_stop`. Choices but the first are left out.
 */
export class AnthropicStreamEncoder implements StreamEncoder<ChatEvent> {
  readonly #as: EncodeAs;
  readonly #blocks: BlockWriter = new BlockWriter();
  #started = false;
  #atEnd: JsonObject = {};
  #finishReason: FinishReason = { unified: 'unknown' };

  constructor(as: EncodeAs) {
    this.#as = as;
  }

  encode(events: readonly ChatEvent[]): string {
    let text = '';
    for (const event of events) text += this.#encode(event);
    return text;
  }

  fail(error: InferwayError, requestId: string | undefined): string {
    return sse(JSON.stringify(encodeError(error, requestId)), 'error');
  }

  #encode(event: ChatEvent): string {
    if ('choice' in event && event.choice !== undefined && event.choice !== 0) return '';
    switch (event.type) {
      case 'start':
        return this.#start(event);
      case 'resumed':
        return writeResumed(event);
      case 'finish':
        this.#finishReason = event.finishReason;
        return '';
      case 'end':
        return this.#startOnce() + this.#blocks.finish() + this.#end(event);
      default:
        return this.#startOnce() + this.#blocks.write(event);
    }
  }

  #startOnce(): string {
    return this.#started ? '' : this.#start({ type: 'start' });
  }

  // Usage comes with the end; what is not known before it is a place that clients want filled.
  #start(event: Extract<ChatEvent, { type: 'start' }>): string {
    if (this.#started) return '';
    this.#started = true;
    const message: JsonBody = {
      ...this.#ownStart(event.passthrough),
      id: event.id ?? this.#as.id,
      type: 'message',
      role: 'assistant',
      model: event.model ?? this.#as.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: encodeUsage(event.usage),
    };
    return sse(JSON.stringify({ type: 'message_start', message }), 'message_start');
  }

  #ownStart(passthrough: Passed): JsonObject {
    if (passthrough?.format !== ANTHROPIC_MESSAGES) return {};
    const fields: JsonBody = { ...passthrough.fields };
    const atEnd: JsonBody = {};
    for (const key of AT_END) {
      if (fields[key] === undefined) continue;
      atEnd[key] = fields[key];
      delete fields[key];
    }
    this.#atEnd = atEnd;
    return fields;
  }

  #end({ usage, passthrough }: Extract<ChatEvent, { type: 'end' }>): string {
    const own = passthrough?.format === ANTHROPIC_MESSAGES ? passthrough.fields : {};
    const delta: JsonBody = {
      stop_reason: stopReasonOf(this.#finishReason, this.#blocks.holds),
      stop_sequence: null,
    };
    const beside: JsonBody = {};
    for (const [key, value] of Object.entries({ ...this.#atEnd, ...own }))
      (BESIDE_DELTA.has(key) ? beside : delta)[key] = value;
    const event = {
      type: 'message_delta',
      delta,
      usage: encodeUsage(usage as Usage | undefined),
      ...beside,
    };
    return sse(JSON.stringify(event), 'message_delta') + STOP;
  }
}

type Passed = Extract<ChatEvent, { type: 'start' }>['passthrough'];

const STOP = sse('{"type":"message_stop"}', 'message_stop');
