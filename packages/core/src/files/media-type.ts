/** Of bytes that nothing is known of. */
export const UNKNOWN_MEDIA_TYPE = 'application/octet-stream';

// First bytes, in Latin-1, `?` for any byte.
const SIGNATURES: readonly (readonly [start: string, mediaType: string])[] = [
  ['\u0089PNG\r\n', 'image/png'],
  ['\u00ff\u00d8\u00ff', 'image/jpeg'],
  ['GIF8', 'image/gif'],
  ['RIFF????WEBP', 'image/webp'],
  ['????ftypavif', 'image/avif'],
  ['????ftypheic', 'image/heic'],
  ['RIFF????WAVE', 'audio/wav'],
  ['OggS', 'audio/ogg'],
  ['fLaC', 'audio/flac'],
  ['ID3', 'audio/mpeg'],
  ['\u00ff\u00fb', 'audio/mpeg'],
  ['\u00ff\u00f3', 'audio/mpeg'],
  ['\u00ff\u00f2', 'audio/mpeg'],
  ['\u00ff\u00f1', 'audio/aac'],
  ['\u00ff\u00f9', 'audio/aac'],
  ['????ftypM4A', 'audio/mp4'],
  ['????ftyp', 'video/mp4'],
  ['\u001aE\u00df\u00a3', 'video/webm'],
  ['%PDF-', 'application/pdf'],
];

/** Tells the media type by the first bytes; undefined where they are of no known kind. */
export function sniffMediaType(data: Uint8Array): string | undefined {
  for (const [start, mediaType] of SIGNATURES) if (beginsWith(data, start)) return mediaType;
  return undefined;
}

function beginsWith(data: Uint8Array, start: string): boolean {
  if (data.length < start.length) return false;
  for (let index = 0; index < start.length; index++) {
    if (start[index] !== '?' && data[index] !== start.charCodeAt(index)) return false;
  }
  return true;
}
