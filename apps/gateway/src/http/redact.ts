/** Takes the secrets that the gateway knows out of a text. */
export type Redact = (text: string) => string;

// What is shorter is no secret, and would turn up in any text.
const SHORTEST_SECRET = 8;

/** By value, not by pattern: a provider that echoes a key does so in whatever words it likes. */
export function createRedact(secrets: Iterable<string>): Redact {
  // As they stand in JSON text, too. Longest first: one may be the beginning of another.
  const known = [
    ...new Set([...secrets].flatMap((text) => [text, JSON.stringify(text).slice(1, -1)])),
  ]
    .filter((text) => text.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const secret of known) clean = clean.replaceAll(secret, '[redacted]');
    return clean;
  };
}
