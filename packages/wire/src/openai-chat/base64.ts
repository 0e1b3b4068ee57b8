/** Base64 of a text's UTF-8 bytes, in steps small enough to be arguments of one call. */
export function toBase64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  for (let i = 0; i < bytes.length; i += 8192) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return btoa(binary);
}

/** One base64 text of several, each of which may be padded. Undefined where one of them is none. */
export function joinBase64(pieces: readonly string[]): string | undefined {
  if (pieces.length === 1) return pieces[0];
  try {
    return btoa(pieces.map((piece) => atob(piece)).join(''));
  } catch {
    return undefined;
  }
}
