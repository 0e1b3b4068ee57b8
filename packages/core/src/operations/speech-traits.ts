import { fileBytes } from '../files/file-bytes.js';
import { UNKNOWN_MEDIA_TYPE } from '../files/media-type.js';
import type { OperationTraits } from '../traits.js';

/** How speech events and results turn into each other. */
export const speechTraits: OperationTraits<'speech'> = {
  fold() {
    const chunks: Uint8Array[] = [];
    let mediaType = UNKNOWN_MEDIA_TYPE;
    let model: string | undefined;
    return {
      add(event) {
        if (event.type === 'audio-delta') chunks.push(event.data);
        else if (event.type === 'start') ({ mediaType, model } = event);
      },
      result: () => ({
        audio: { type: 'bytes', data: Buffer.concat(chunks), mediaType },
        ...(model === undefined ? {} : { model }),
      }),
    };
  },
  // A URL cannot be streamed: its bytes are elsewhere.
  unfold: ({ audio, model }, usage) => [
    {
      type: 'start',
      mediaType: ('mediaType' in audio ? audio.mediaType : undefined) ?? UNKNOWN_MEDIA_TYPE,
      ...(model === undefined ? {} : { model }),
    },
    { type: 'audio-delta', data: fileBytes(audio) },
    { type: 'end', ...(usage === undefined ? {} : { usage }) },
  ],
  outputLength: () => 0,
  ending: ({ audio }) => (audio.type === 'url' ? 'passing' : 'answer'),
  mapFiles: async (result, change) => ({ ...result, audio: await change(result.audio) }),
};
