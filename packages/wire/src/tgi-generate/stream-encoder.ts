import type {
  CompleteEvent,
  CompleteLogprobs,
  InferwayError,
  JsonObject,
  Usage,
} from '@inferway/core';
import type { EncodeAs, StreamAs, StreamEncoder } from '../format.js';
import { defined } from '../json-body.js';
import { writeError } from './error-body.js';
import { finishWord } from './finish-word.js';
import { writeToken, writeTokens, writeTops } from './tokens.js';

/** An encoder for one stream of tokens. */
export function streamEncoder(as: EncodeAs & StreamAs): StreamEncoder<CompleteEvent> {
  return new TokenStreamEncoder(as);
}

interface Said {
  readonly token: JsonObject;
  readonly tops: readonly JsonObject[] | undefined;
}

/** One event a token; the last token waits until the end is known, since it carries the whole text and the details. */
class TokenStreamEncoder implements StreamEncoder<CompleteEvent> {
  readonly #details: boolean;
  #index = 0;
  #whole = '';
  #word = 'eos_token';
  #waiting: Said | undefined;

  constructor(as: EncodeAs & StreamAs) {
    this.#details = as.form === 'details';
  }

  encode(events: readonly CompleteEvent[]): string {
    let text = '';
    for (const event of events) text += this.#event(event);
    return text;
  }

  fail(error: InferwayError): string {
    return frame(writeError(error));
  }

  #event(event: CompleteEvent): string {
    switch (event.type) {
      case 'start':
        return '';
      case 'text-delta': {
        if ((event.choice ?? 0) !== 0) return '';
        this.#whole += event.text;
        return tokensOf(event.text, event.logprobs)
          .map((said) => this.#say(said))
          .join('');
      }
      case 'finish': {
        if ((event.choice ?? 0) === 0) this.#word = finishWord(event.finishReason);
        return '';
      }
      case 'end':
        return this.#end(event.usage);
    }
  }

  #say(said: Said): string {
    const before = this.#waiting;
    this.#waiting = said;
    return before === undefined ? '' : frame(this.#chunk(before));
  }

  #end(usage: Usage | undefined): string {
    // The model's own end is a token too.
    const before =
      this.#word === 'eos_token' || this.#waiting === undefined
        ? this.#say({ token: writeToken('</s>', undefined, true), tops: undefined })
        : '';
    const details = {
      finish_reason: this.#word,
      generated_tokens: usage?.outputTokens,
      seed: null,
      input_length: usage?.inputTokens,
    };
    return (
      before +
      frame({
        ...this.#chunk(this.#waiting as Said),
        generated_text: this.#whole,
        details: this.#details ? defined(details) : null,
      })
    );
  }

  #chunk({ token, tops }: Said): JsonObject {
    return defined({
      index: ++this.#index,
      token,
      top_tokens: tops,
      generated_text: null,
      details: null,
    });
  }
}

function tokensOf(text: string, logprobs: CompleteLogprobs | undefined): readonly Said[] {
  if (logprobs === undefined || logprobs.tokens.join('') !== text) {
    return [{ token: writeToken(text), tops: undefined }];
  }
  const tops = writeTops(logprobs);
  return writeTokens(logprobs).map((token, index) => ({ token, tops: tops?.[index] }));
}

// Without a space after the colon, as the server writes it.
function frame(payload: JsonObject): string {
  return `data:${JSON.stringify(payload)}\n\n`;
}
