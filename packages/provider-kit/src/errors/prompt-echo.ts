const WINDOW = 16;

/**
 * True if `message` repeats a stretch of the request, as providers do that quote what they refuse: such a text may hold a prompt and
 * must not reach a message or a log. `allowed` are words that may be repeated, such as the model's id; shorter ones than a stretch need no leave.
 */
export function echoesRequest(
  message: string,
  request: string,
  allowed: readonly string[],
): boolean {
  let own = message;
  for (const word of allowed) if (word.length >= WINDOW) own = own.replaceAll(word, '\u0000');
  // The request is JSON text: compare with the message as JSON would write it. The names of kinds are the protocol's words, not the caller's.
  const escaped = JSON.stringify(own).slice(1, -1);
  const told = request.replaceAll(/"type":"[a-z\d_]+"/gu, '');
  for (let at = 0; at + WINDOW <= escaped.length; at++) {
    const piece = escaped.slice(at, at + WINDOW);
    if (told.includes(piece)) return true;
  }
  return false;
}
