import {
  isJsonObject,
  type ChatEvent,
  type JsonObject,
  type JsonValue,
  type Usage,
} from '@inferway/core';
import type { DecodeSource, StreamDecoder } from '../format.js';
import { eventJson } from '../json-event.js';
import { JsonTemplate } from '../json-template.js';
import { otherFields } from '../json-body.js';
import { asList, asNumber, asObject, asText } from '../lenient.js';
import { emptyResponse, isFailure } from '../openai/failure.js';
import { choiceIndex, errorData, isDone, streamInterrupted } from '../openai/stream-signals.js';
import { tellTimings } from '../openai/timings.js';
import { toldWarnings } from '../openai/told-warnings.js';
import { readUsage } from '../openai/usage.js';
import { vendorError, vendorFields } from '../openai/vendor-fields.js';
import type { SseMessage } from '../sse-message.js';
import { ChoiceDecoder } from './choice-decoder.js';
import { onlyGrowth } from './only-growth.js';
import { OPENAI_CHAT, type OpenAIChatDialect } from './dialect.js';

const KNOWN: ReadonlySet<string> = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'error',
  'obfuscation',
]);

/** A decoder for one streamed chat completion. */
export function streamDecoder(from: DecodeSource<OpenAIChatDialect>): StreamDecoder<ChatEvent> {
  return new ChatStreamDecoder(from);
}

class ChatStreamDecoder implements StreamDecoder<ChatEvent> {
  readonly #from: DecodeSource<OpenAIChatDialect>;
  readonly #choices: ChoiceDecoder[] = [];
  readonly #template = new JsonTemplate('obfuscation');
  /** What the template's string lets grow. */
  #growing: ChoiceDecoder | undefined;
  #kind: 'text' | 'reasoning' = 'text';
  #started = false;
  #done = false;
  #answerId: string | undefined;
  #rawUsage: JsonObject | undefined;
  #readUsage: Usage | undefined;
  /** Other fields of the first chunk, and those of later ones that differ. */
  #first: JsonObject | undefined;
  #later: Record<string, JsonValue | undefined> | undefined;
  readonly #told = new Set<string>();

  constructor(from: DecodeSource<OpenAIChatDialect>) {
    this.#from = from;
  }

  get done(): boolean {
    return this.#done;
  }

  get usage(): Usage | undefined {
    if (this.#rawUsage !== undefined) {
      this.#readUsage = readUsage(this.#rawUsage, this.#from.dialect?.reasoningTokens);
      this.#rawUsage = undefined;
    }
    return this.#readUsage;
  }

  message(message: SseMessage, out: ChatEvent[]): void {
    if (this.#done) return;
    const { data } = message;
    const piece = message.event === undefined ? this.#template.read(data) : undefined;
    if (piece !== undefined && this.#growing !== undefined) {
      this.#growing.grow(this.#kind, piece, out);
      return;
    }
    if (isDone(data)) {
      this.#terminate(out);
      return;
    }
    if (message.event === 'error') throw this.#from.fail(errorData(data));
    if (data === '') return;
    const chunk = eventJson(message);
    if (!isJsonObject(chunk)) return;
    const { choices } = chunk;
    if (choices === undefined || (chunk['error'] ?? null) !== null) {
      if (isFailure(chunk, 'choices')) throw this.#from.fail(chunk);
    }
    const vendor = vendorFields(chunk);
    const failure = vendorError(vendor);
    if (failure !== undefined) throw this.#from.fail(failure);
    const reported = isJsonObject(chunk['usage']);
    if (reported) this.#rawUsage = chunk['usage'] as JsonObject;
    else if (this.#rawUsage === undefined && isJsonObject(vendor?.['usage'])) {
      this.#rawUsage = vendor['usage'];
    }
    const some = Array.isArray(choices) && choices.length > 0;
    if (!this.#started) this.#start(chunk, some, out);
    else if (!some || reported || vendor !== undefined) this.#keepFields(chunk);
    if (reported || !some || vendor !== undefined) tellTimings(chunk, this.#from);
    this.#tellWarnings(chunk);
    if (!some) return;
    for (let i = 0; i < choices.length; i++) {
      const choice: unknown = choices[i];
      if (isJsonObject(choice)) this.#choice(choice, out);
    }
    if (choices.length === 1 && !reported && vendor === undefined && this.#template.learns) {
      this.#learn(data, chunk);
    }
  }

  end(out: ChatEvent[]): void {
    if (this.#done) return;
    // Some servers send no [DONE]. A finish reason of every answer is then the terminal signal.
    if (!this.#choices.every((choice) => choice.finishReason !== undefined)) {
      throw streamInterrupted();
    }
    this.#terminate(out);
  }

  #start(chunk: JsonObject, some: boolean, out: ChatEvent[]): void {
    const id = asText(chunk['id']);
    // Azure's first chunk has neither an id nor an answer, but what its filters found in the prompt.
    if (id === undefined && !some) {
      this.#keepFields(chunk);
      return;
    }
    this.#started = true;
    this.#answerId = id;
    const fields = { ...this.#later, ...otherFields(chunk, KNOWN) };
    this.#later = undefined;
    this.#first = fields;
    out.push({
      type: 'start',
      id,
      model: asText(chunk['model']),
      created: asNumber(chunk['created']),
      passthrough: Object.keys(fields).length === 0 ? undefined : { format: OPENAI_CHAT, fields },
    });
  }

  #choice(choice: JsonObject, out: ChatEvent[]): void {
    const index = choiceIndex(choice['index']);
    if (isJsonObject(choice['error'])) throw this.#from.fail({ error: choice['error'] });
    // Moonshot reports usage within the choice.
    if (isJsonObject(choice['usage'])) this.#rawUsage = choice['usage'];
    let decoder = this.#choices[index];
    if (decoder === undefined) {
      // Alternatives are numbered without gaps, or a result would have holes.
      for (let i = this.#choices.length; i < index; i++) this.#choices[i] = this.#open(i);
      decoder = this.#open(index);
      this.#choices[index] = decoder;
    }
    decoder.take(choice, out);
    // Which of the stop sequences ended it; engines tell it beside the finish reason.
    const { stop_reason: stopped } = choice;
    if (index === 0 && (stopped ?? null) !== null) (this.#later ??= {})['stop_reason'] = stopped;
  }

  #open(number: number): ChoiceDecoder {
    return new ChoiceDecoder(number, this.#answerId, this.#from, () =>
      asList(this.#later?.['citations'] ?? this.#first?.['citations']),
    );
  }

  /** Remembers a chunk that did nothing but let a text grow, for the next ones are likely to differ in that text alone. */
  #learn(data: string, chunk: JsonObject): void {
    const choice = asObject(asList(chunk['choices'])[0]);
    if (choice === undefined) return;
    const grown = onlyGrowth(choice);
    if (grown === undefined) return;
    if (!this.#template.learn(data, grown.member, grown.text)) return;
    this.#growing = this.#choices[choiceIndex(choice['index'])];
    this.#kind = grown.member === 'content' ? 'text' : 'reasoning';
  }

  #keepFields(chunk: JsonObject): void {
    const fields = otherFields(chunk, KNOWN);
    if (fields === undefined) return;
    for (const key of Object.keys(fields)) {
      if (fields[key] !== this.#first?.[key]) (this.#later ??= {})[key] = fields[key];
    }
  }

  /** Each sentence once: some servers repeat them in every chunk. */
  #tellWarnings(chunk: JsonObject): void {
    if (chunk['warnings'] === undefined) return;
    for (const warning of toldWarnings(chunk)) {
      if (this.#told.has(warning.message)) continue;
      this.#told.add(warning.message);
      this.#from.warn(warning);
    }
  }

  #terminate(out: ChatEvent[]): void {
    if (this.#choices.every((choice) => choice.isEmpty)) throw emptyResponse();
    for (const choice of this.#choices) choice.end(out);
    this.#done = true;
    out.push({
      type: 'end',
      usage: this.usage,
      passthrough:
        this.#later === undefined ? undefined : { format: OPENAI_CHAT, fields: this.#later },
    });
  }
}
