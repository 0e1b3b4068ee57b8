import {
  isJsonObject,
  type ChatEvent,
  type JsonObject,
  type JsonValue,
  type Usage,
} from '@inferway/core';
import type { DecodeSource, StreamDecoder } from '../format.js';
import { otherFields, type JsonBody } from '../json-body.js';
import { eventJson } from '../json-event.js';
import { JsonTemplate } from '../json-template.js';
import { asNumber, asObject, asObjects, asString, asText } from '../lenient.js';
import { CallIds } from '../openai/call-ids.js';
import { emptyResponse, isFailure } from '../openai/failure.js';
import { errorData, isDone, streamInterrupted } from '../openai/stream-signals.js';
import type { SseMessage } from '../sse-message.js';
import { readCitation } from './citations.js';
import { KNOWN, readTextLogprobs } from './decode-response.js';
import { OPENAI_RESPONSES, type OpenAIResponsesDialect } from './dialect.js';
import { errorEventBody, failedBody } from './failure.js';
import { OpenItem, type AnswerSource } from './open-item.js';
import { OpenItems } from './open-items.js';
import { readStatus } from './status.js';
import { readResponseUsage } from './usage.js';

/** The type of an item that grows before it was told of, by the event that makes it grow. */
const TYPES: readonly (readonly [prefix: string, type: string])[] = [
  ['response.output_text.', 'message'],
  ['response.refusal.', 'message'],
  ['response.content_part.', 'message'],
  ['response.reasoning_', 'reasoning'],
];

type Grow = (text: string, out: ChatEvent[]) => void;

/** A decoder for one streamed response. */
export function streamDecoder(
  from: DecodeSource<OpenAIResponsesDialect>,
): StreamDecoder<ChatEvent> {
  return new ResponsesStreamDecoder(from);
}

class ResponsesStreamDecoder implements StreamDecoder<ChatEvent> {
  readonly #from: DecodeSource<OpenAIResponsesDialect>;
  readonly #items: OpenItems = new OpenItems();
  #source: AnswerSource | undefined;
  #parts = 0;
  #came = false;
  #done = false;
  #fields: JsonBody | undefined;
  #usage: Usage | undefined;
  readonly #template: JsonTemplate = new JsonTemplate('sequence_number', 'obfuscation');
  /** Lets grow what the template's string belongs to. */
  #grow: Grow | undefined;

  constructor(from: DecodeSource<OpenAIResponsesDialect>) {
    this.#from = from;
  }

  get done(): boolean {
    return this.#done;
  }

  get usage(): Usage | undefined {
    return this.#usage;
  }

  message(message: SseMessage, out: ChatEvent[]): void {
    const { data } = message;
    // This protocol has no [DONE], but servers that speak others as well send one.
    if (this.#done || data === '' || isDone(data)) return;
    if (message.event === 'error') throw this.#from.fail(errorEventBody(errorData(data)));
    // A delta that differs from the one before in its text alone is not parsed (docs/decisions/0009).
    const piece = this.#grow === undefined ? undefined : this.#template.read(data);
    if (piece !== undefined) {
      this.#grow?.(piece, out);
      return;
    }
    const event = eventJson(message);
    if (!isJsonObject(event)) return;
    this.#came = true;
    const type = asText(event['type']) ?? message.event ?? '';
    switch (type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta': {
        const logprobs = readTextLogprobs(event['logprobs']);
        const at = contentOf(event);
        const item = this.#content(event, type, out);
        item?.text(at, asString(event['delta']) ?? '', logprobs, out);
        if (logprobs !== undefined) return;
        this.#learn(data, event, (text, more) => item?.text(at, text, undefined, more));
        return;
      }
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta': {
        const kind = type === 'response.reasoning_text.delta' ? 'content' : 'summary';
        const at = asNumber(event[`${kind}_index`]) ?? 0;
        const item = this.#item(event, type, out);
        item?.thought(kind, at, asString(event['delta']) ?? '', out);
        this.#learn(data, event, (text, more) => item?.thought(kind, at, text, more));
        return;
      }
      case 'response.function_call_arguments.delta': {
        const item = this.#item(event, type, out);
        item?.call(asString(event['delta']) ?? '', out);
        this.#learn(data, event, (text, more) => item?.call(text, more));
        return;
      }
      case 'response.content_part.added': {
        const part = asObject(event['part']);
        this.#item(event, type, out)?.content(contentOf(event), part?.['type'], out);
        return;
      }
      case 'response.output_text.annotation.added': {
        const annotation = asObject(event['annotation']);
        if (annotation === undefined) return;
        this.#content(event, type, out)?.cite(contentOf(event), readCitation(annotation), out);
        return;
      }
      case 'response.output_item.added': {
        this.#add(event, out);
        return;
      }
      case 'response.output_item.done': {
        const item = asObject(event['item']);
        this.#grow = undefined;
        if (item !== undefined) this.#add(event, out)?.settle(item, out);
        return;
      }
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
      case 'response.cancelled': {
        this.#terminate(type.slice('response.'.length), asObject(event['response']) ?? {}, out);
        return;
      }
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress': {
        this.#start(asObject(event['response']) ?? {}, out);
        return;
      }
      case 'error':
        throw this.#from.fail(errorEventBody(event));
      default:
        // A proxy's error has no type.
        if (event['type'] === undefined && isFailure(event, 'output')) throw this.#from.fail(event);
    }
  }

  end(_out: ChatEvent[]): void {
    if (this.#done) return;
    throw this.#came ? streamInterrupted() : emptyResponse();
  }

  // The item that an event names is the same until one is added or done, which forgets what grows.
  #learn(data: string, { type, delta }: JsonObject, grow: Grow): void {
    // Without a type of its own a delta is what the name beside it says, which the template does not see.
    if (typeof delta !== 'string' || asText(type) === undefined || !this.#template.learns) return;
    if (this.#template.learn(data, 'delta', delta)) this.#grow = grow;
  }

  #start(response: JsonObject, out: ChatEvent[]): AnswerSource {
    if (this.#source !== undefined) return this.#source;
    const id = asText(response['id']);
    const source: AnswerSource = {
      ids: new CallIds(id),
      warn: (warning) => this.#from.warn(warning),
      nextIndex: () => this.#parts++,
    };
    this.#source = source;
    this.#fields = otherFields(response, KNOWN);
    out.push({
      type: 'start',
      id,
      model: asText(response['model']),
      created: asNumber(response['created_at']),
      passthrough:
        this.#fields === undefined ? undefined : { format: OPENAI_RESPONSES, fields: this.#fields },
    });
    return source;
  }

  /** The item of an event, added where it was not told of before. */
  #add(event: JsonObject, out: ChatEvent[]): OpenItem | undefined {
    const item = asObject(event['item']);
    if (item === undefined) return undefined;
    const index = asNumber(event['output_index']);
    const known = this.#items.find(index, asText(item['id']));
    // A server that gives all its items the same index, or the same id, still tells them apart.
    const other =
      event['type'] === 'response.output_item.added' &&
      (known?.done === true || !this.#items.has(index));
    if (known !== undefined && !other) return known;
    this.#grow = undefined;
    return this.#items.add(index, new OpenItem(item, this.#start({}, out), out));
  }

  /** The item that an event lets grow. */
  #item(event: JsonObject, type: string, out: ChatEvent[]): OpenItem | undefined {
    const id = asText(event['item_id']);
    const index = asNumber(event['output_index']);
    const known = this.#items.find(index, id);
    if (known !== undefined) return known;
    const kind = TYPES.find(([prefix]) => type.startsWith(prefix))?.[1];
    if (kind === undefined) return undefined;
    return this.#add({ output_index: index, item: { type: kind, id } }, out);
  }

  /** The same, with the content that grows opened where it was not told of before. */
  #content(event: JsonObject, type: string, out: ChatEvent[]): OpenItem | undefined {
    const item = this.#item(event, type, out);
    item?.content(
      contentOf(event),
      type.startsWith('response.refusal') ? 'refusal' : 'output_text',
      out,
    );
    return item;
  }

  #terminate(status: string, response: JsonObject, out: ChatEvent[]): void {
    if (status === 'failed' || response['status'] === 'failed') {
      throw this.#from.fail(failedBody(response['error']));
    }
    this.#start(response, out);
    this.#usage = readResponseUsage(response['usage'], this.#from.dialect?.reasoningTokens);
    const output = asObjects(response['output']);
    output.forEach((item, index) => {
      this.#add({ output_index: index, item }, out)?.settle(item, out);
    });
    for (const item of this.#items.all) item.close(status === 'completed', out);
    const items = output.length > 0 ? output : this.#items.all.map(({ item }) => item);
    const finishReason = readStatus({ ...response, status: response['status'] ?? status }, items);
    if (items.length === 0 && finishReason.unified === 'stop') throw emptyResponse();
    this.#done = true;
    out.push({ type: 'finish', finishReason });
    out.push({ type: 'end', usage: this.#usage, passthrough: this.#later(response) });
  }

  /** Fields of the end that differ from those of the start. */
  #later(response: JsonObject): { format: string; fields: JsonObject } | undefined {
    const fields = otherFields(response, KNOWN) ?? {};
    const later = Object.fromEntries(
      Object.entries(fields).filter(([key, value]) => !same(value, this.#fields?.[key])),
    );
    return Object.keys(later).length === 0
      ? undefined
      : { format: OPENAI_RESPONSES, fields: later };
  }
}

function contentOf(event: JsonObject): number {
  return asNumber(event['content_index']) ?? 0;
}

function same(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
