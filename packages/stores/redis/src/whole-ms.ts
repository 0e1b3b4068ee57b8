/** Whole milliseconds as Redis takes them, at least one. */
export function wholeMs(ms: number): string {
  return String(Math.max(1, Math.ceil(ms)));
}
