import { isJsonObject, type CompleteEvent, type JsonObject, type Usage } from '@inferway/core';
import type { DecodeSource, StreamDecoder } from '../format.js';
import { eventJson } from '../json-event.js';
import { defined } from '../json-body.js';
import { asObject, asString } from '../lenient.js';
import { emptyResponse, isFailure } from '../openai/failure.js';
import { errorData, isDone, streamInterrupted } from '../openai/stream-signals.js';
import type { SseMessage } from '../sse-message.js';
import { asked, finishReason, readUsage } from './details.js';
import type { TgiGenerateDialect } from './dialect.js';
import { StopGuard } from './stop-text.js';
import { readLogprobs, tokenText } from './tokens.js';

/** A decoder for one stream of tokens. */
export function streamDecoder(
  from: DecodeSource<TgiGenerateDialect>,
): StreamDecoder<CompleteEvent> {
  return new TokenStreamDecoder(from);
}

/** An event a token; the one that holds `generated_text` is the last, and there is no other terminal signal. */
class TokenStreamDecoder implements StreamDecoder<CompleteEvent> {
  readonly #from: DecodeSource<TgiGenerateDialect>;
  readonly #guard: StopGuard;
  #started = false;
  #spoke = false;
  #done = false;
  #usage: Usage | undefined;

  constructor(from: DecodeSource<TgiGenerateDialect>) {
    this.#from = from;
    this.#guard = new StopGuard(asked(from).stop ?? []);
  }

  get done(): boolean {
    return this.#done;
  }

  get usage(): Usage | undefined {
    return this.#usage;
  }

  message(message: SseMessage, out: CompleteEvent[]): void {
    const { data } = message;
    if (this.#done || data === '' || isDone(data)) return;
    if (message.event === 'error') throw this.#from.fail(errorData(data));
    const chunk = eventJson(message);
    if (!isJsonObject(chunk)) return;
    if (isFailure(chunk, 'token')) throw this.#from.fail(chunk);
    const token = asObject(chunk['token']);
    const whole = asString(chunk['generated_text']);
    if (token === undefined && whole === undefined) return;
    if (!this.#started) this.#start(out);
    if (token !== undefined) this.#token(token, chunk, out);
    if (whole !== undefined) this.#terminate(whole, token, asObject(chunk['details']), out);
  }

  end(): void {
    if (this.#done) return;
    throw this.#started ? streamInterrupted() : emptyResponse();
  }

  #start(out: CompleteEvent[]): void {
    this.#started = true;
    out.push({ type: 'start' });
    // The tokens are those that are new; the prompt stands only in the whole text at the end.
    const { echo, prompt } = asked(this.#from);
    if (echo === true && prompt !== undefined) out.push({ type: 'text-delta', text: prompt });
  }

  #token(token: JsonObject, chunk: JsonObject, out: CompleteEvent[]): void {
    const tops = chunk['top_tokens'];
    const logprobs =
      asked(this.#from).logprobs === undefined
        ? undefined
        : readLogprobs([token], tops === undefined ? [] : [tops]);
    const text = tokenText(token);
    this.#spoke ||= text !== '';
    this.#say(this.#guard.take(text), logprobs, out);
  }

  #say(text: string, logprobs: ReturnType<typeof readLogprobs>, out: CompleteEvent[]): void {
    if (text !== '' || logprobs !== undefined) {
      out.push(defined({ type: 'text-delta' as const, text, logprobs }));
    }
  }

  #terminate(
    whole: string,
    last: JsonObject | undefined,
    details: JsonObject | undefined,
    out: CompleteEvent[],
  ): void {
    const reason = finishReason(details, last);
    // A server that streams no tokens tells the text here, with the prompt in front or not.
    if (!this.#spoke) {
      const { prompt = '' } = asked(this.#from);
      const text = whole.startsWith(prompt) ? whole.slice(prompt.length) : whole;
      this.#say(this.#guard.take(text), undefined, out);
    }
    this.#say(this.#guard.rest(reason.raw === 'stop_sequence'), undefined, out);
    this.#usage = readUsage(details, this.#from);
    this.#done = true;
    out.push({ type: 'finish', finishReason: reason }, { type: 'end', usage: this.#usage });
  }
}
