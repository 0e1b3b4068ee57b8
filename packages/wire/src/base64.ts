/** Base64 of bytes, in steps small enough to be arguments of one call. */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 8192) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return btoa(binary);
}

/** The bytes of base64 text; undefined for text that is none. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
  } catch {
    return undefined;
  }
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
