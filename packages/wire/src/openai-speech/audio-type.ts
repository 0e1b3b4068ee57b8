import { sniffMediaType, UNKNOWN_MEDIA_TYPE } from '@inferway/core';
import type { DecodeSource } from '../format.js';
import type { OpenAISpeechDialect, SpeechFormat } from './dialect.js';

const MEDIA_TYPES: Readonly<Record<SpeechFormat, string>> = {
  mp3: 'audio/mpeg',
  opus: 'audio/ogg',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
};

/** The media type of a format; Opus travels in Ogg. */
export function mediaTypeOf(format: SpeechFormat): string {
  return MEDIA_TYPES[format];
}

/** What the answer to a request is, where the answer does not say it. */
export function askedMediaType(from: DecodeSource<OpenAISpeechDialect>): string {
  const asked = (from.request as { readonly format?: SpeechFormat } | undefined)?.format;
  const { streamFormat, formats, defaultFormat } = from.dialect ?? {};
  const taken = asked === undefined || (formats !== undefined && formats[asked] === undefined);
  return mediaTypeOf(streamFormat ?? (taken ? (defaultFormat ?? 'mp3') : asked));
}

/** The media type of a whole file: as it says, as its bytes show, or as it was asked for. */
export function fileMediaType(
  said: string,
  data: Uint8Array,
  from: DecodeSource<OpenAISpeechDialect>,
): string {
  if (said.startsWith('audio/')) return said;
  return sniffMediaType(data) ?? (said === UNKNOWN_MEDIA_TYPE ? askedMediaType(from) : said);
}
