import type { CompleteEvent, FinishReason, InferwayError, JsonObject } from '@inferway/core';
import type { EncodeAs, StreamAs, StreamEncoder } from '../format.js';
import { ChunkFrame, DONE } from '../openai/chunk-frame.js';
import { writeError } from '../openai/error-body.js';
import { writeFinishReason } from '../openai/finish-reason.js';
import { OPENAI_COMPLETIONS } from './dialect.js';
import { writeLogprobs } from './logprobs.js';

/** An encoder for one streamed completion. */
export function streamEncoder(as: EncodeAs & StreamAs): StreamEncoder<CompleteEvent> {
  return new CompletionStreamEncoder(as);
}

class CompletionStreamEncoder implements StreamEncoder<CompleteEvent> {
  readonly #frame: ChunkFrame;
  #fields: JsonObject | undefined;

  constructor(as: EncodeAs & StreamAs) {
    this.#frame = new ChunkFrame('text_completion', as);
  }

  encode(events: readonly CompleteEvent[]): string {
    let text = '';
    for (const event of events) text += this.#event(event);
    return text;
  }

  fail(error: InferwayError, requestId: string | undefined): string {
    return `data: ${JSON.stringify(writeError(error, requestId))}\n\n`;
  }

  #event(event: CompleteEvent): string {
    switch (event.type) {
      case 'start': {
        this.#frame.name(event);
        const passed = event.passthrough;
        if (passed?.format === OPENAI_COMPLETIONS) this.#fields = passed.fields;
        return '';
      }
      case 'text-delta': {
        const logprobs =
          event.logprobs === undefined ? 'null' : JSON.stringify(writeLogprobs(event.logprobs));
        return this.#choice(
          `"text":${JSON.stringify(event.text)},"index":${event.choice ?? 0},"logprobs":${logprobs},"finish_reason":null`,
        );
      }
      case 'finish': {
        return this.#choice(finishMembers(event.finishReason, event.choice ?? 0));
      }
      case 'end': {
        return this.#frame.usage(event.usage, undefined) + DONE;
      }
    }
  }

  #choice(members: string): string {
    const fields = this.#fields;
    this.#fields = undefined;
    const { head, tail } = this.#frame;
    return `${head}{${members}}]${fields === undefined ? tail : this.#frame.tailWith(fields)}`;
  }
}

function finishMembers(reason: FinishReason, index: number): string {
  const { word, native } = writeFinishReason(reason);
  const more = native === undefined ? '' : `,"native_finish_reason":${JSON.stringify(native)}`;
  return `"text":"","index":${index},"logprobs":null,"finish_reason":"${word}"${more}`;
}
