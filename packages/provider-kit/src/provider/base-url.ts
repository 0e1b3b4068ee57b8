import { InferwayError } from '@inferway/core';

/** A base URL, taken apart once. */
export interface BaseUrl {
  readonly origin: string;
  /** Path without a slash at its end; empty for the root. */
  readonly path: string;
}

/**
 * Reads a base URL.
 *
 * @param setting The option's name, for the message.
 * @throws {InferwayError} `configuration` for anything but http(s) without credentials, query and fragment. The URL is not quoted: it may hold a key.
 */
export function parseBaseUrl(text: string, setting: string): BaseUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const problem =
    url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')
      ? 'is not a URL that begins with https:// or http://'
      : url.username !== '' || url.password !== ''
        ? 'holds a user name or password; give the key as "apiKey"'
        : url.search !== '' || url.hash !== ''
          ? 'holds a query or fragment; keys go into headers'
          : undefined;
  if (url === undefined || problem !== undefined) {
    throw new InferwayError('configuration', {
      message: `${setting} ${problem ?? ''}. Give an address such as "https://host/v1".`,
      param: setting,
    });
  }
  return { origin: url.origin, path: url.pathname.replace(/\/+$/u, '') };
}
