import type { AudioPart, JsonObject } from '@inferway/core';
import { defined } from '../json-body.js';
import { asNumber, asObject, asText } from '../lenient.js';
import { OPENAI_CHAT } from './dialect.js';

/** The answer does not say in which format its audio is, and the request's `audio.format` is the caller's: wav is what most ask for. */
const MEDIA_TYPE = 'audio/wav';

/** An answer's `audio`. Its id is kept, since that is how the audio is referred to in the next turn. */
export function audioOf(audio: JsonObject): AudioPart | undefined {
  const data = asText(audio['data']);
  if (data === undefined) return undefined;
  const named = defined({ id: asText(audio['id']), expires_at: asNumber(audio['expires_at']) });
  return defined<AudioPart>({
    type: 'audio',
    audio: { type: 'base64', data, mediaType: MEDIA_TYPE },
    transcript: asText(audio['transcript']),
    opaque: Object.keys(named).length === 0 ? undefined : { format: OPENAI_CHAT, value: named },
  });
}

/** Undefined for audio that is no bytes. */
export function writeAudio(part: AudioPart, id: string): JsonObject | undefined {
  if (part.audio.type !== 'base64') return undefined;
  const own = part.opaque?.format === OPENAI_CHAT ? asObject(part.opaque.value) : undefined;
  return defined({
    id: asText(own?.['id']) ?? id,
    data: part.audio.data,
    expires_at: asNumber(own?.['expires_at']),
    transcript: part.transcript ?? '',
  });
}
