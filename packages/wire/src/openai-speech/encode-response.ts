import { fileBytes, UNKNOWN_MEDIA_TYPE, type JsonObject } from '@inferway/core';
import { BytesBody } from '../body.js';
import type { Decoded } from '../format.js';

/** Canonical result to the file that a speech call answers with; JSON with the URL where the bytes are elsewhere. */
export function encodeResponse({ result }: Decoded<'speech'>): BytesBody | JsonObject {
  const { audio } = result;
  if (audio.type === 'url') return { audio: audio.url };
  const mediaType = 'mediaType' in audio ? audio.mediaType : undefined;
  return new BytesBody(fileBytes(audio), mediaType ?? UNKNOWN_MEDIA_TYPE);
}
