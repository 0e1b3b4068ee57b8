/** The format word of `input_audio` for a media type, and back. Unknown ones are carried by their subtype. */
export function audioFormat(mediaType: string): string {
  const subtype = mediaType.slice(mediaType.indexOf('/') + 1);
  if (subtype === 'mpeg') return 'mp3';
  return subtype.startsWith('x-') ? subtype.slice(2) : subtype;
}

export function audioMediaType(format: string): string {
  return format === 'mp3' ? 'audio/mpeg' : `audio/${format}`;
}
