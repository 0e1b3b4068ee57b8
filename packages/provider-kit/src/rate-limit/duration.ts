const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/**
 * A Go duration such as `6m0s`, `12ms` or `2m59.56s` in milliseconds, or a bare number of seconds; undefined for anything else.
 * Read with every answer, and so without a pattern.
 */
export function durationMs(text: string): number | undefined {
  let total = 0;
  let at = 0;
  while (at < text.length) {
    const digits = runOf(text, at, isNumberPart);
    const unitEnd = runOf(text, digits, isUnitPart);
    const value = digits === at ? Number.NaN : Number(text.slice(at, digits));
    const unit =
      digits === text.length && at === 0 ? 1000 : UNIT_MS.get(text.slice(digits, unitEnd));
    if (unit === undefined || Number.isNaN(value)) return undefined;
    total += value * unit;
    at = unitEnd;
  }
  // 32.752 × 1000 is a little above 32,752: what is below a microsecond is of the reckoning, and no millisecond more to wait.
  return at === 0 ? undefined : Math.ceil(Math.round(total * 1000) / 1000);
}

function runOf(text: string, start: number, belongs: (code: number) => boolean): number {
  let at = start;
  while (at < text.length && belongs(text.charCodeAt(at))) at++;
  return at;
}

const isNumberPart = (code: number): boolean => (code >= 48 && code <= 57) || code === 46;
const isUnitPart = (code: number): boolean => !isNumberPart(code);
