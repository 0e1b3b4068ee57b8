import {
  isJsonObject,
  type JsonObject,
  type TokenLogprob,
  type TranscribeEvent,
  type Usage,
} from '@inferway/core';
import type { DecodeSource, StreamDecoder } from '../format.js';
import { defined } from '../json-body.js';
import { asObject, asObjects, asString, asText } from '../lenient.js';
import { emptyResponse } from '../openai/failure.js';
import { readMediaUsage } from '../openai/media-usage.js';
import { streamInterrupted } from '../openai/stream-signals.js';
import { readTyped } from '../openai/typed-event.js';
import type { SseMessage } from '../sse-message.js';
import type { OpenAITranscriptionsDialect } from './dialect.js';
import {
  asSeconds,
  readLanguage,
  readSegment,
  readTranscriptLogprobs,
  readWords,
} from './read-parts.js';

/** A decoder for a streamed text: `transcript.text.*` events, or chunks with `choices` as the engines send them. */
export function streamDecoder(
  from: DecodeSource<OpenAITranscriptionsDialect>,
): StreamDecoder<TranscribeEvent> {
  return new TranscriptStreamDecoder(from);
}

class TranscriptStreamDecoder implements StreamDecoder<TranscribeEvent> {
  readonly #from: DecodeSource<OpenAITranscriptionsDialect>;
  #text = '';
  #started = false;
  #finished = false;
  #done = false;
  #rawUsage: JsonObject | undefined;
  #seconds: number | undefined;

  constructor(from: DecodeSource<OpenAITranscriptionsDialect>) {
    this.#from = from;
  }

  get done(): boolean {
    return this.#done;
  }

  get usage(): Usage | undefined {
    return readMediaUsage(this.#rawUsage, { inputAudioSeconds: this.#seconds });
  }

  message(message: SseMessage, out: TranscribeEvent[]): void {
    if (this.#done) return;
    const event = readTyped(message, this.#from);
    if (event === undefined) return;
    if (event === 'end') {
      this.#terminate(out);
      return;
    }
    const { type, body } = event;
    if (isJsonObject(body['usage'])) this.#rawUsage = body['usage'];
    this.#event(type, body, out);
  }

  end(out: TranscribeEvent[]): void {
    if (this.#done) return;
    if (!this.#started) throw emptyResponse();
    if (!this.#finished) throw streamInterrupted();
    this.#terminate(out);
  }

  #event(type: string, event: JsonObject, out: TranscribeEvent[]): void {
    switch (type) {
      case 'transcript.text.delta':
        this.#delta(asString(event['delta']) ?? '', event, out);
        break;
      case 'transcript.text.segment': {
        const segment = readSegment(event);
        if (segment === undefined) break;
        this.#start(event, out);
        out.push({ type: 'segment', segment });
        break;
      }
      case 'transcript.text.done':
        this.#whole(event, out);
        this.#terminate(out);
        break;
      default:
        for (const choice of asObjects(event['choices'])) this.#choice(choice, event, out);
    }
  }

  #choice(choice: JsonObject, chunk: JsonObject, out: TranscribeEvent[]): void {
    this.#delta(asString(asObject(choice['delta'])?.['content']) ?? '', chunk, out);
    // Usage may follow, and `[DONE]`.
    if (asText(choice['finish_reason']) !== undefined) this.#finished = true;
  }

  #delta(text: string, event: JsonObject, out: TranscribeEvent[]): void {
    this.#start(event, out);
    const logprobs = readTranscriptLogprobs(event['logprobs']);
    if (text === '' && logprobs === undefined) return;
    this.#text += text;
    out.push(textDelta(text, logprobs));
  }

  /** The last event repeats the text; what is new in it is told. */
  #whole(event: JsonObject, out: TranscribeEvent[]): void {
    const text = asString(event['text']) ?? '';
    this.#start(event, out);
    if (text.length > this.#text.length && text.startsWith(this.#text)) {
      const logprobs = this.#text === '' ? readTranscriptLogprobs(event['logprobs']) : undefined;
      out.push(textDelta(text.slice(this.#text.length), logprobs));
    }
    this.#seconds = asSeconds(event['duration']);
    const known = defined({
      language: readLanguage(event),
      durationSeconds: this.#seconds,
      words: readWords(event['words']),
    });
    if (Object.keys(known).length > 0) out.push({ type: 'finish', ...known });
  }

  #start(event: JsonObject, out: TranscribeEvent[]): void {
    if (this.#started) return;
    this.#started = true;
    const model = asText(event['model']);
    out.push({ type: 'start', ...(model === undefined ? {} : { model }) });
  }

  #terminate(out: TranscribeEvent[]): void {
    if (!this.#started) throw emptyResponse();
    this.#done = true;
    out.push(defined({ type: 'end' as const, usage: this.usage }));
  }
}

function textDelta(text: string, logprobs: readonly TokenLogprob[] | undefined): TranscribeEvent {
  return { type: 'text-delta', text, ...(logprobs === undefined ? {} : { logprobs }) };
}
