const MASK = '[secret]';

/** What looks like a key, a token or a credential in a URL, whoever's it is. */
const PATTERNS: readonly RegExp[] = [
  /\bBearer\s+[\w.~+/=*-]+/giu,
  /\b(?:sk|pk|rk|hf|gsk|xai|r8|fw|csk|nvapi|tgp|glpat|ghp|api|key)[-_][\w*.-]{8,}/gu,
  /\bAIza[\w-]{20,}/gu,
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/gu,
  /(?<=[?&](?:key|api_key|api-key|token|access_token|sig)=)[^&\s"']+/giu,
  /(?<=\/\/)[^/\s:@]+:[^/\s@]+(?=@)/gu,
];

/** Blanks out the given secrets by value, also as a URL or a JSON text would write them, and whatever looks like one. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    // A shorter one would blank out ordinary words, and is no secret.
    if (secret.length < 6) continue;
    for (const form of new Set([
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
    ])) {
      clean = clean.replaceAll(form, MASK);
    }
  }
  for (const pattern of PATTERNS) clean = clean.replace(pattern, MASK);
  return clean;
}

const BODY_LENGTH = 16_384;

/** A body as an error may keep it: cut, and without secrets. */
export function redactBody(text: string, secrets: readonly string[]): string {
  // Cut before redacting: a page of megabytes need not be searched; a secret cut in two at the end is dropped with a margin.
  const cut = redact(text.slice(0, BODY_LENGTH + 512), secrets);
  return cut.length > BODY_LENGTH ? `${cut.slice(0, BODY_LENGTH)}…` : cut;
}
