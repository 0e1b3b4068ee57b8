import {
  isJsonObject,
  type CompleteEvent,
  type FinishReason,
  type JsonObject,
  type Usage,
} from '@inferway/core';
import type { DecodeSource, StreamDecoder } from '../format.js';
import { eventJson } from '../json-event.js';
import { otherFields } from '../json-body.js';
import { asNumber, asText } from '../lenient.js';
import { emptyResponse, isFailure } from '../openai/failure.js';
import { finishWord, readFinishReason } from '../openai/finish-reason.js';
import { choiceIndex, errorData, isDone, streamInterrupted } from '../openai/stream-signals.js';
import { tellTimings } from '../openai/timings.js';
import { readUsage } from '../openai/usage.js';
import type { SseMessage } from '../sse-message.js';
import { completionText, KNOWN } from './decode-response.js';
import { OPENAI_COMPLETIONS, type OpenAICompletionsDialect } from './dialect.js';
import { readLogprobs } from './logprobs.js';

interface OpenChoice {
  finishReason: FinishReason | undefined;
}

/** A decoder for one streamed completion. */
export function streamDecoder(
  from: DecodeSource<OpenAICompletionsDialect>,
): StreamDecoder<CompleteEvent> {
  return new CompletionStreamDecoder(from);
}

class CompletionStreamDecoder implements StreamDecoder<CompleteEvent> {
  readonly #from: DecodeSource<OpenAICompletionsDialect>;
  readonly #choices: OpenChoice[] = [];
  #started = false;
  #anything = false;
  #done = false;
  #rawUsage: JsonObject | undefined;

  constructor(from: DecodeSource<OpenAICompletionsDialect>) {
    this.#from = from;
  }

  get done(): boolean {
    return this.#done;
  }

  get usage(): Usage | undefined {
    return readUsage(this.#rawUsage);
  }

  message(message: SseMessage, out: CompleteEvent[]): void {
    if (this.#done) return;
    const { data } = message;
    if (isDone(data)) {
      this.#terminate(out);
      return;
    }
    if (message.event === 'error') throw this.#from.fail(errorData(data));
    if (data === '') return;
    const chunk = eventJson(message);
    if (!isJsonObject(chunk)) return;
    const { choices } = chunk;
    if (isFailure(chunk, 'choices')) throw this.#from.fail(chunk);
    if (isJsonObject(chunk['usage'])) {
      this.#rawUsage = chunk['usage'];
      tellTimings(chunk, this.#from);
    }
    if (!Array.isArray(choices) || choices.length === 0) return;
    if (!this.#started) this.#start(chunk, out);
    for (const choice of choices as readonly unknown[]) {
      if (isJsonObject(choice)) this.#choice(choice, chunk, out);
    }
  }

  end(out: CompleteEvent[]): void {
    if (this.#done) return;
    if (!this.#choices.every(({ finishReason }) => finishReason !== undefined)) {
      throw streamInterrupted();
    }
    this.#terminate(out);
  }

  #start(chunk: JsonObject, out: CompleteEvent[]): void {
    this.#started = true;
    const fields = otherFields(chunk, KNOWN);
    out.push({
      type: 'start',
      id: asText(chunk['id']),
      model: asText(chunk['model']),
      created: asNumber(chunk['created']),
      passthrough: fields === undefined ? undefined : { format: OPENAI_COMPLETIONS, fields },
    });
  }

  #choice(raw: JsonObject, chunk: JsonObject, out: CompleteEvent[]): void {
    const index = choiceIndex(raw['index']);
    for (let i = this.#choices.length; i <= index; i++) {
      this.#choices[i] = { finishReason: undefined };
    }
    const state = this.#choices[index];
    const choice = index === 0 ? undefined : index;
    const text = completionText(raw);
    const logprobs = readLogprobs(raw['logprobs']);
    if (text !== '' || logprobs !== undefined) {
      this.#anything = true;
      out.push({ type: 'text-delta', text, logprobs, choice });
    }
    // Some servers say it beside the choices.
    const word = finishWord(raw['finish_reason']) ?? finishWord(chunk['finish_reason']);
    if (word === undefined || state === undefined) return;
    this.#anything = true;
    state.finishReason = readFinishReason(word, raw['native_finish_reason'], false);
  }

  #terminate(out: CompleteEvent[]): void {
    if (!this.#anything) throw emptyResponse();
    this.#choices.forEach(({ finishReason }, index) => {
      if (finishReason === undefined) {
        this.#from.warn({
          type: 'other',
          message: 'The stream ended properly but gave no finish reason.',
        });
      }
      out.push({
        type: 'finish',
        finishReason: finishReason ?? { unified: 'unknown' },
        choice: index === 0 ? undefined : index,
      });
    });
    this.#done = true;
    out.push({ type: 'end', usage: this.usage });
  }
}
