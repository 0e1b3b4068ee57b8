import {
  InferwayError,
  isJsonObject,
  type ChatEvent,
  type JsonObject,
  type Usage,
} from '@inferway/core';
import type { DecodeSource, StreamDecoder } from '../format.js';
import { eventJson } from '../json-event.js';
import { JsonTemplate } from '../json-template.js';
import type { SseMessage } from '../sse-message.js';
import { emptyResponse, headOf, passthroughOf } from './decode-response.js';
import type { AnthropicDialect } from './dialect.js';
import type { JsonBody } from '../json-body.js';
import { OpenBlock } from './open-block.js';
import { otherFields } from '../json-body.js';
import { finishReasonOf, mayCut } from './stop-reason.js';
import { countedInput, mergeUsage, usageOf, withoutOutput } from './usage.js';

const DELTA_KNOWN: ReadonlySet<string> = new Set(['stop_reason']);
const MESSAGE_DELTA_KNOWN: ReadonlySet<string> = new Set(['type', 'delta', 'usage']);

/**
 * Decodes one streamed Message (platform.claude.com, "Streaming messages"). Unknown events and deltas are skipped.
 *
 * A `message_start` that repeats the open message's id, or comes before any content, is a repetition. One with another id after content
 * began means that the upstream dropped the first answer and spliced in a second: parts of both must not become one answer, so it is
 * `stream_interrupted`.
 */
export class AnthropicStreamDecoder implements StreamDecoder<ChatEvent> {
  readonly #from: DecodeSource<AnthropicDialect>;
  /** By the wire's index. */
  readonly #blocks: Map<unknown, OpenBlock> = new Map();
  #parts = 0;
  #started = false;
  #id: unknown;
  #stopReason: unknown;
  #rest: JsonBody | undefined;
  #rawUsage: JsonObject | undefined;
  #usage: Usage | undefined;
  /** True once the output was counted: what `message_start` says of it is a placeholder, which a stream that breaks must not be billed by. */
  #counted = false;
  /** Calls that may have been cut: whether they were, the next block or the stop reason tells. */
  #undecided: OpenBlock[] = [];
  readonly #template: JsonTemplate = new JsonTemplate();
  /** What the template's string lets grow. */
  #growing: OpenBlock | undefined;
  done = false;

  constructor(from: DecodeSource<AnthropicDialect>) {
    this.#from = from;
  }

  get usage(): Usage | undefined {
    return (this.#usage ??= this.#counted
      ? usageOf(this.#rawUsage)
      : withoutOutput(usageOf(this.#rawUsage)));
  }

  message(message: SseMessage, out: ChatEvent[]): void {
    if (this.done) return;
    // A delta that differs from the one before in its text alone is not parsed (docs/decisions/0009).
    if (this.#growing !== undefined && message.event !== 'error') {
      const more = this.#template.read(message.data);
      if (more !== undefined) {
        this.#growing.grow(more, out);
        return;
      }
    }
    if (message.data === '' || message.data === '[DONE]') return; // some servers add OpenAI's end mark
    const event = message.event === 'error' ? errorOf(message) : eventJson(message);
    if (!isJsonObject(event)) return;
    this.#event(event, message.event, out);
    if (event.type === 'content_block_delta') this.#learn(message.data, event);
  }

  end(): void {
    if (this.done) return;
    if (!this.#started) throw emptyResponse();
    throw new InferwayError('stream_interrupted', {
      message: 'The stream ended without "message_stop".',
    });
  }

  #event(event: JsonObject, name: string | undefined, out: ChatEvent[]): void {
    switch (event.type ?? name) {
      case 'content_block_delta': {
        const { delta } = event;
        if (isJsonObject(delta)) this.#blocks.get(event.index)?.delta(delta, out);
        return;
      }
      case 'content_block_start':
        if (isJsonObject(event.content_block)) this.#open(event.index, event.content_block, out);
        return;
      case 'content_block_stop':
        this.#close(event.index, out);
        return;
      case 'message_start':
        if (isJsonObject(event.message)) this.#start(event.message, out);
        return;
      case 'message_delta':
        this.#messageDelta(event);
        return;
      case 'message_stop':
        this.#stop(out);
        return;
      case 'error':
        throw this.#from.fail(event);
      default:
        if (event.type === undefined && isJsonObject(event.error)) throw this.#from.fail(event);
    }
  }

  // Anything but a delta of the same block makes the next one be parsed: `#open` and `#close` forget what grows.
  #learn(data: string, { index, delta }: JsonObject): void {
    if (!this.#template.learns) return;
    const block = this.#blocks.get(index);
    const member = block?.growsBy;
    const more = member !== undefined && isJsonObject(delta) ? delta[member] : undefined;
    if (typeof more === 'string' && this.#template.learn(data, member ?? '', more))
      this.#growing = block;
  }

  #start(message: JsonObject, out: ChatEvent[]): void {
    if (this.#started) {
      if (message.id !== this.#id && this.#parts > 0) {
        throw new InferwayError('stream_interrupted', {
          message: 'The stream began a second message before the first one had ended.',
        });
      }
      this.#report(message.usage);
      return;
    }
    this.#started = true;
    this.#id = message.id;
    this.#report(message.usage);
    const usage = countedInput(message.usage);
    out.push({ type: 'start', ...headOf(message), ...(usage && { usage }) });
    this.#stopReason = message.stop_reason ?? undefined;
    if (!Array.isArray(message.content)) return;
    // Answers that were complete from the start come as one message_start with all of their content.
    for (const block of message.content) {
      if (!isJsonObject(block)) continue;
      const open = new OpenBlock(this.#parts++, block, out);
      if (!open.close(out)) open.closeCall(out);
    }
  }

  #open(index: unknown, block: JsonObject, out: ChatEvent[]): void {
    this.#started = true;
    this.#growing = undefined;
    // Another block begins: a call without arguments was whole.
    for (const call of this.#undecided) if (call.bare) call.closeCall(out);
    this.#undecided = this.#undecided.filter((call) => !call.bare);
    const unclosed = this.#blocks.get(index);
    if (unclosed?.isCall === false) unclosed.close(out);
    this.#blocks.set(index, new OpenBlock(this.#parts++, block, out));
  }

  #close(index: unknown, out: ChatEvent[]): void {
    const block = this.#blocks.get(index);
    if (block === undefined) return;
    this.#blocks.delete(index);
    if (this.#growing === block) this.#growing = undefined;
    if (!block.close(out)) this.#undecided.push(block);
  }

  #messageDelta(event: JsonObject): void {
    if (isJsonObject(event.usage) && typeof event.usage.output_tokens === 'number') {
      this.#counted = true;
    }
    this.#report(event.usage);
    const rest = otherFields(event, MESSAGE_DELTA_KNOWN);
    if (rest !== undefined) this.#rest = { ...this.#rest, ...rest };
    const { delta } = event;
    if (!isJsonObject(delta)) return;
    if (delta.stop_reason !== undefined && delta.stop_reason !== null)
      this.#stopReason = delta.stop_reason;
    const more = otherFields(delta, DELTA_KNOWN);
    if (more !== undefined) this.#rest = { ...this.#rest, ...more };
  }

  #stop(out: ChatEvent[]): void {
    if (this.#parts === 0 && typeof this.#stopReason !== 'string') throw emptyResponse();
    this.done = true;
    // Text and reasoning that were not closed are kept; a call that was cut is never run, so its part stays open.
    for (const block of this.#blocks.values()) if (!block.isCall) block.close(out);
    // Servers that count once do so at the start, for an answer that was whole by then.
    this.#counted = true;
    this.#usage = undefined;
    const finishReason = finishReasonOf(this.#stopReason);
    // Broken arguments that the model itself wrote are the application's to answer; arguments cut by a limit are no call.
    if (!mayCut(finishReason)) for (const call of this.#undecided) call.closeCall(out);
    out.push({ type: 'finish', finishReason });
    const passthrough = passthroughOf(this.#rest);
    const { usage } = this;
    out.push({
      type: 'end',
      ...(usage === undefined ? {} : { usage }),
      ...(passthrough === undefined ? {} : { passthrough }),
    });
  }

  #report(usage: unknown): void {
    this.#rawUsage = mergeUsage(this.#rawUsage, usage);
    this.#usage = undefined;
  }
}

// What is sent as an error is one, even where it is no JSON.
function errorOf(message: SseMessage): JsonObject {
  try {
    const event: unknown = JSON.parse(message.data);
    if (isJsonObject(event)) return { ...event, type: 'error' };
  } catch {
    // The text itself is all that there is.
  }
  return { type: 'error', error: { message: message.data } };
}
