import { fileBase64, type InferwayError, type JsonObject, type SpeechEvent } from '@inferway/core';
import type { EncodeAs, StreamAs, StreamEncoder } from '../format.js';
import { defined } from '../json-body.js';
import { DONE } from '../openai/chunk-frame.js';
import { writeError } from '../openai/error-body.js';
import { writeAudioUsage } from '../openai/media-usage.js';
import { sse } from '../sse-writer.js';

/** An encoder for audio in events, OpenAI's own or the chunks that `stream: true` asks for. */
export function streamEncoder(as: EncodeAs & StreamAs): StreamEncoder<SpeechEvent> {
  const chunks = as.form === 'chunks';
  const tell = (body: JsonObject): string => sse(JSON.stringify(body));
  const encode = (event: SpeechEvent): string => {
    if (event.type === 'start') return '';
    if (event.type === 'end') {
      const usage = writeAudioUsage(event.usage);
      return chunks ? DONE : tell(defined({ type: 'speech.audio.done', usage }));
    }
    const audio = fileBase64({ type: 'bytes', data: event.data, mediaType: '' });
    return tell(
      chunks
        ? { object: 'audio.tts.chunk', model: as.model, b64: audio }
        : { type: 'speech.audio.delta', audio },
    );
  };
  return {
    encode: (events) => events.map((event) => encode(event)).join(''),
    fail: (error: InferwayError, requestId) =>
      sse(JSON.stringify({ type: 'error', ...writeError(error, requestId) }), 'error'),
  };
}
