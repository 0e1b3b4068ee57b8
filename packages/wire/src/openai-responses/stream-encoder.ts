import type { ChatEvent, FinishReason, InferwayError } from '@inferway/core';
import type { EncodeAs, StreamAs, StreamEncoder } from '../format.js';
import { addFields, type JsonBody } from '../json-body.js';
import { writeError } from '../openai/error-body.js';
import { writeResumed } from '../resumed.js';
import { OPENAI_RESPONSES } from './dialect.js';
import { EventWriter } from './event-writer.js';
import { ItemsWriter } from './items-writer.js';
import { endResponse, responseObject } from './response-object.js';
import { writeStatus } from './status.js';

/** An encoder for one streamed response. Choices but the first have no place in it. */
export function streamEncoder(as: EncodeAs & StreamAs): StreamEncoder<ChatEvent> {
  return new ResponsesStreamEncoder(as);
}

class ResponsesStreamEncoder implements StreamEncoder<ChatEvent> {
  readonly #as: EncodeAs & StreamAs;
  readonly #events: EventWriter = new EventWriter();
  #response: JsonBody | undefined;
  #items: ItemsWriter | undefined;
  #finishReason: FinishReason = { unified: 'unknown' };

  constructor(as: EncodeAs & StreamAs) {
    this.#as = as;
  }

  encode(events: readonly ChatEvent[]): string {
    let text = '';
    for (const event of events) text += this.#event(event);
    return text;
  }

  fail(error: InferwayError, requestId: string | undefined): string {
    const begun = this.#begin({ type: 'start' });
    const body = writeError(error, requestId);
    const { code, message, param } = body['error'] as { [name: string]: string | null };
    // The members of the reference, and beside them the one in which OpenAI itself puts them and where its client looks.
    const told = this.#events.write('error', { code, message, param, ...body });
    const failed = { ...this.#response, status: 'failed', error: { code, message } };
    return begun + told + this.#events.write('response.failed', { response: failed });
  }

  #event(event: ChatEvent): string {
    if ('choice' in event && event.choice !== undefined && event.choice !== 0) return '';
    switch (event.type) {
      case 'start':
        return this.#begin(event);
      case 'resumed':
        return writeResumed(event);
      case 'finish': {
        this.#finishReason = event.finishReason;
        return '';
      }
      case 'end':
        return this.#begin({ type: 'start' }) + this.#end(event);
      default:
        return this.#begin({ type: 'start' }) + (this.#items?.write(event) ?? '');
    }
  }

  #begin(start: Extract<ChatEvent, { type: 'start' }>): string {
    if (this.#response !== undefined) return '';
    const response = responseObject(start, this.#as);
    this.#response = response;
    this.#items = new ItemsWriter(this.#events, start.id ?? this.#as.id);
    return (
      this.#events.write('response.created', { response }) +
      this.#events.write('response.in_progress', { response })
    );
  }

  #end({ usage, passthrough }: Extract<ChatEvent, { type: 'end' }>): string {
    const written = this.#items?.finish() ?? '';
    const end = writeStatus(this.#finishReason);
    const body: JsonBody = { ...this.#response };
    if (passthrough?.format === OPENAI_RESPONSES) addFields(body, passthrough.fields);
    const response = endResponse(body, end, this.#items?.output ?? [], usage);
    const type = end.status === 'completed' ? 'response.completed' : 'response.incomplete';
    return written + this.#events.write(type, { response });
  }
}
