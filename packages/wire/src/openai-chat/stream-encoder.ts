import type { ChatEvent, FinishReason, InferwayError, JsonValue, Usage } from '@inferway/core';
import type { EncodeAs, StreamAs, StreamEncoder } from '../format.js';
import { addFields, type JsonBody } from '../json-body.js';
import { writeError } from '../openai/error-body.js';
import { writeFinishReason } from '../openai/finish-reason.js';
import { writeUsage } from '../openai/usage.js';
import { ChoiceEncoder } from './choice-encoder.js';
import { OPENAI_CHAT } from './dialect.js';

const DONE = 'data: [DONE]\n\n';

/** An encoder for one streamed chat completion. */
export function streamEncoder(as: EncodeAs & StreamAs): StreamEncoder<ChatEvent> {
  return new ChatStreamEncoder(as);
}

/**
 * Writes each event as text around a ready-made frame: only what varies goes through `JSON.stringify`. With `includeUsage` every chunk has
 * a `usage` member, null in all but the last, as OpenAI sends it.
 */
class ChatStreamEncoder implements StreamEncoder<ChatEvent> {
  readonly #as: EncodeAs & StreamAs;
  readonly #choices: ChoiceEncoder[] = [];
  /** Up to the list of choices. */
  #head: string;
  readonly #tail: string;
  #fields: Record<string, JsonValue | undefined> | undefined;

  constructor(as: EncodeAs & StreamAs) {
    this.#as = as;
    this.#tail = as.includeUsage === true ? ',"usage":null}\n\n' : '}\n\n';
    this.#head = this.#headOf(undefined, undefined, undefined);
  }

  encode(events: readonly ChatEvent[]): string {
    let text = '';
    for (let i = 0; i < events.length; i++) {
      const event = events[i];
      if (event !== undefined) text += this.#event(event);
    }
    return text;
  }

  fail(error: InferwayError, requestId: string | undefined): string {
    return `data: ${JSON.stringify(writeError(error, requestId))}\n\n`;
  }

  #event(event: ChatEvent): string {
    if (event.type === 'text-delta') {
      return this.#choice(event.choice).textDelta(event, this.#head, this.#tail);
    }
    if (event.type === 'start') {
      this.#head = this.#headOf(event.id, event.model, event.created);
      if (event.passthrough?.format === OPENAI_CHAT) this.#fields = { ...event.passthrough.fields };
      return '';
    }
    if (event.type === 'end') return this.#end(event.usage, event.passthrough);
    const choice = this.#choice(event.choice);
    if (event.type === 'finish') return this.#finish(choice, event.finishReason);
    const extra = choice.isNew ? this.#firstFields() : '';
    return choice.part(event, this.#head, extra + this.#tail, this.#tail);
  }

  #choice(number: number | undefined): ChoiceEncoder {
    const index = number ?? 0;
    return (this.#choices[index] ??= new ChoiceEncoder(index, this.#as.id));
  }

  #finish(choice: ChoiceEncoder, reason: FinishReason): string {
    const extra = choice.isNew ? this.#firstFields() : '';
    const { word, native } = writeFinishReason(reason);
    const more = native === undefined ? '' : `,"native_finish_reason":${JSON.stringify(native)}`;
    return (
      choice.begin(this.#head, extra + this.#tail) +
      `${this.#head}${choice.index},"delta":{},"logprobs":null,"finish_reason":"${word}"${more}}]${this.#tail}`
    );
  }

  #end(
    usage: Usage | undefined,
    passthrough: Extract<ChatEvent, { type: 'end' }>['passthrough'],
  ): string {
    if (this.#as.includeUsage !== true || usage === undefined) return DONE;
    const body: JsonBody = { usage: writeUsage(usage) };
    if (passthrough?.format === OPENAI_CHAT) addFields(body, passthrough.fields);
    const head = this.#head.slice(0, -'{"index":'.length);
    return `${head}],${JSON.stringify(body).slice(1)}\n\n${DONE}`;
  }

  #headOf(id: string | undefined, model: string | undefined, created: number | undefined): string {
    const head = JSON.stringify({
      id: id ?? this.#as.id,
      object: 'chat.completion.chunk',
      created: created ?? this.#as.created,
      model: model ?? this.#as.model,
    });
    return `data: ${head.slice(0, -1)},"choices":[{"index":`;
  }

  /** Fields that stand beside the choices, once: clients that want them look at the first chunk. */
  #firstFields(): string {
    const fields = this.#fields;
    this.#fields = undefined;
    if (fields === undefined) return '';
    const body: JsonBody = {};
    addFields(body, fields);
    const text = JSON.stringify(body);
    return text === '{}' ? '' : `,${text.slice(1, -1)}`;
  }
}
