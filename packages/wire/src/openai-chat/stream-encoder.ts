import type { ChatEvent, FinishReason, InferwayError, JsonObject } from '@inferway/core';
import type { EncodeAs, StreamAs, StreamEncoder } from '../format.js';
import { ChunkFrame, DONE } from '../openai/chunk-frame.js';
import { writeError } from '../openai/error-body.js';
import { writeFinishReason } from '../openai/finish-reason.js';
import { ChoiceEncoder } from './choice-encoder.js';
import { writeResumed } from '../resumed.js';
import { OPENAI_CHAT } from './dialect.js';

/** An encoder for one streamed chat completion. */
export function streamEncoder(as: EncodeAs & StreamAs): StreamEncoder<ChatEvent> {
  return new ChatStreamEncoder(as);
}

/** Writes each event as text around a ready-made frame: only what varies goes through `JSON.stringify`. */
class ChatStreamEncoder implements StreamEncoder<ChatEvent> {
  readonly #as: EncodeAs & StreamAs;
  readonly #frame: ChunkFrame;
  readonly #choices: ChoiceEncoder[] = [];
  #fields: JsonObject | undefined;

  constructor(as: EncodeAs & StreamAs) {
    this.#as = as;
    this.#frame = new ChunkFrame('chat.completion.chunk', as);
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
    switch (event.type) {
      case 'text-delta': {
        return this.#choice(event.choice).textDelta(event);
      }
      case 'start': {
        this.#frame.name(event);
        const passed = event.passthrough;
        if (passed?.format === OPENAI_CHAT) this.#fields = passed.fields;
        return '';
      }
      case 'resumed': {
        return writeResumed(event);
      }
      case 'finish': {
        return this.#finish(this.#choice(event.choice), event.finishReason);
      }
      case 'end': {
        const passed = event.passthrough;
        const fields = passed?.format === OPENAI_CHAT ? passed.fields : undefined;
        return this.#frame.usage(event.usage, fields) + DONE;
      }
      default: {
        const choice = this.#choice(event.choice);
        return event.type === 'part-start'
          ? this.#begin(choice, event.part.type === 'tool-call' ? 'null' : '""') +
              choice.part(event)
          : choice.part(event);
      }
    }
  }

  #choice(number: number | undefined): ChoiceEncoder {
    const index = number ?? 0;
    return (this.#choices[index] ??= new ChoiceEncoder(index, this.#frame, this.#as.id));
  }

  /** The chunk that names the role. Fields beside the choices stand in the first of them: clients that want them look there. */
  #begin(choice: ChoiceEncoder, content: string): string {
    if (choice.began) return '';
    const fields = this.#fields;
    this.#fields = undefined;
    const { frame } = choice;
    return choice.begin(content, fields === undefined ? frame.tail : frame.tailWith(fields));
  }

  #finish(choice: ChoiceEncoder, reason: FinishReason): string {
    const { word, native } = writeFinishReason(reason);
    const more = native === undefined ? '' : `,"native_finish_reason":${JSON.stringify(native)}`;
    return this.#begin(choice, '""') + choice.chunk('', `"${word}"${more}`);
  }
}
