const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/gy;

/** A Go duration such as `6m0s`, `12ms` or `2m59.56s` in milliseconds, or a bare number of seconds; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  if (text === '') return undefined;
  const plain = Number(text);
  if (!Number.isNaN(plain)) return plain >= 0 ? Math.ceil(plain * 1000) : undefined;
  let total = 0;
  let at = 0;
  PART.lastIndex = 0;
  for (let part = PART.exec(text); part !== null; part = PART.exec(text)) {
    total += Number(part[1]) * (UNIT_MS[part[2] ?? ''] ?? 0);
    at = PART.lastIndex;
  }
  return at === text.length ? Math.ceil(total) : undefined;
}
