import type { InferwayError, JsonObject, TranscribeEvent } from '@inferway/core';
import type { StreamEncoder } from '../format.js';
import { defined } from '../json-body.js';
import { writeError } from '../openai/error-body.js';
import { writeAudioUsage } from '../openai/media-usage.js';
import { sse } from '../sse-writer.js';
import { writeLogprob, writeSpeakerSegment } from './encode-response.js';

/** An encoder for a streamed text. */
export function streamEncoder(): StreamEncoder<TranscribeEvent> {
  return new TranscriptStreamEncoder();
}

class TranscriptStreamEncoder implements StreamEncoder<TranscribeEvent> {
  #text = '';
  #segments = 0;
  #known: JsonObject = {};

  encode(events: readonly TranscribeEvent[]): string {
    return events.map((event) => this.#event(event)).join('');
  }

  fail(error: InferwayError, requestId: string | undefined): string {
    return sse(JSON.stringify({ type: 'error', ...writeError(error, requestId) }), 'error');
  }

  #event(event: TranscribeEvent): string {
    switch (event.type) {
      case 'start':
        return '';
      case 'text-delta': {
        this.#text += event.text;
        const logprobs = event.logprobs?.map((token) => writeLogprob(token));
        return tell({ type: 'transcript.text.delta', delta: event.text, logprobs });
      }
      case 'segment':
        return tell(writeSpeakerSegment(event.segment, this.#segments++));
      case 'finish':
        this.#known = defined({
          language: event.language,
          duration: event.durationSeconds,
          words: event.words?.map(({ word, start, end }) => ({ word, start, end })),
        });
        return '';
      case 'end': {
        const usage = writeAudioUsage(event.usage);
        return tell({ type: 'transcript.text.done', text: this.#text, ...this.#known, usage });
      }
    }
  }
}

function tell(event: { readonly [name: string]: JsonObject[string] | undefined }): string {
  return sse(JSON.stringify(event));
}
