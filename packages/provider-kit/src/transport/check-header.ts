import { InferwayError } from '@inferway/core';

const NOT_A_VALUE = /[^\t\u0020-\u007e\u0080-\u00ff]/u;
const NOT_A_NAME = /[^!#$%&'*+.^_`|~0-9A-Za-z-]/u;

/**
 * Refuses what no HTTP header can hold (line breaks, controls, characters beyond Latin-1) before any library sees it, since
 * those quote the value, which is often a key, in their message.
 *
 * @param setting What the value comes from, for the message: an option or an environment variable.
 * @throws {InferwayError} `configuration`.
 */
export function checkHeaderValue(value: string, setting: string): string {
  if (!NOT_A_VALUE.test(value)) return value;
  throw new InferwayError('configuration', {
    message: `${setting} holds a line break, a control character or a character beyond Latin-1, which no HTTP header can carry. Remove it (a line break at the end is the usual one).`,
    param: setting,
  });
}

/** Checks the names and values of `headers`. @throws {InferwayError} `configuration` naming the header, never its value. */
export function checkHeaders(
  headers: Readonly<Record<string, string>>,
  setting: string,
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(headers)) {
    if (name === '' || NOT_A_NAME.test(name)) {
      throw new InferwayError('configuration', {
        message: `${setting} has a name that is no HTTP header name: ${JSON.stringify(name.slice(0, 40))}.`,
        param: setting,
      });
    }
    checkHeaderValue(String(value), `${setting}[${JSON.stringify(name)}]`);
  }
  return headers;
}
