/** A stretch of so many characters is a repetition. */
const WINDOW = 16;
/** Every stretch holds one of the request's blocks of so many characters that begin at each ninth one. */
const BLOCK = 8;
const STEP: number = WINDOW - BLOCK + 1;

/**
 * True if `message` repeats a stretch of the request, as providers do that quote what they refuse: such a text may hold a prompt and
 * must not reach a message or a log. `allowed` are words that may be repeated, such as the model's id; shorter ones than a stretch need no leave.
 * The request is gone through once, since it may hold files of megabytes.
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
  const stretches = piecesOf(escaped, WINDOW);
  if (stretches.size === 0) return false;
  const blocks = piecesOf(escaped, BLOCK);
  for (let at = 0; at + BLOCK <= told.length; at += STEP) {
    if (!blocks.has(told.slice(at, at + BLOCK))) continue;
    for (let start = Math.max(0, at - STEP + 1); start <= at; start++) {
      if (stretches.has(told.slice(start, start + WINDOW))) return true;
    }
  }
  return false;
}

function piecesOf(text: string, length: number): ReadonlySet<string> {
  const pieces = new Set<string>();
  for (let at = 0; at + length <= text.length; at++) pieces.add(text.slice(at, at + length));
  return pieces;
}
