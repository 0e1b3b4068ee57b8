import { InferwayError } from '@inferway/core';
import { environmentVariable } from './environment.js';

/** Where a provider is reached, the first of these that there is. */
export interface BaseUrlSettings {
  /** As given to the adapter's factory. */
  readonly given?: string | undefined;
  /** The environment variable that moves it, read when the provider is made: the one that the provider's own client reads. */
  readonly env: string;
  /** The provider's own address. */
  readonly standard: string;
  /**
   * An end of addresses, such as `/v1`, that is left out where it was given, since the endpoints' paths begin with it: the provider's own
   * client and OpenAI's want different bases.
   */
  readonly without?: string | undefined;
}

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

/** The base URL that an adapter's settings lead to. @throws {InferwayError} `configuration` naming the option or the variable. */
export function readBaseUrl(settings: string | BaseUrlSettings): BaseUrl {
  if (typeof settings === 'string') return parseBaseUrl(settings, 'baseUrl');
  const base = chosenBaseUrl(settings);
  const { without } = settings;
  return without !== undefined && base.path.endsWith(without)
    ? { ...base, path: base.path.slice(0, -without.length) }
    : base;
}

function chosenBaseUrl(settings: BaseUrlSettings): BaseUrl {
  if (settings.given !== undefined) return parseBaseUrl(settings.given, 'baseUrl');
  const moved = environmentVariable(settings.env);
  return moved === undefined
    ? parseBaseUrl(settings.standard, 'baseUrl')
    : parseBaseUrl(moved, settings.env);
}
