/** Response headers: names in lower case, several values of one name as a list. */
export type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The value of a header, several joined by commas as HTTP allows; undefined where it is absent. */
export function headerValue(headers: HeaderRecord, name: string): string | undefined {
  const value = headers[name];
  if (value === undefined || typeof value === 'string') return value;
  return value.join(', ');
}
