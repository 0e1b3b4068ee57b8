/** The parts of a base64 `data:` URL; undefined for any other text. */
export function parseDataUrl(url: string): { mediaType: string; data: string } | undefined {
  if (!url.startsWith('data:')) return undefined;
  const comma = url.indexOf(',');
  const head = url.slice(5, comma);
  if (comma === -1 || !head.endsWith(';base64')) return undefined;
  const mediaType = head.slice(0, -7);
  return mediaType === '' ? undefined : { mediaType, data: url.slice(comma + 1) };
}

export function dataUrl(mediaType: string, data: string): string {
  return `data:${mediaType};base64,${data}`;
}

/** Bytes where the URL holds them, else the URL. */
export function mediaOfUrl(
  url: string,
): { type: 'base64'; data: string; mediaType: string } | { type: 'url'; url: string } {
  const data = parseDataUrl(url);
  return data === undefined ? { type: 'url', url } : { type: 'base64', ...data };
}
