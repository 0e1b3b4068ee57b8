import type { SpeechEvent } from '../operations/speech.js';

/** The bytes of streamed speech as they arrive, for whoever writes them on: a file, an HTTP answer, a player. Throws what the stream throws. */
export async function* audioBytes(
  stream: AsyncIterable<SpeechEvent>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const event of stream) if (event.type === 'audio-delta') yield event.data;
}

/** The same as a web stream, such as the body of a `Response`. Cancelling it ends the call. */
export function audioStream(stream: AsyncIterable<SpeechEvent>): ReadableStream<Uint8Array> {
  return ReadableStream.from(audioBytes(stream)) as ReadableStream<Uint8Array>;
}
