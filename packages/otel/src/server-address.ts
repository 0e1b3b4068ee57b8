import { InferwayError } from '@inferway/core';

export interface ServerAddress {
  readonly address: string;
  readonly port: number;
}

/** The server of a provider, where it was told. */
export type ServerAddresses = (provider: string) => ServerAddress | undefined;

/** Reads base URLs by provider name. @throws {InferwayError} `configuration` for a value that is no URL. */
export function readServers(urls: Readonly<Record<string, string>> = {}): ServerAddresses {
  const servers = new Map<string, ServerAddress>();
  for (const [provider, text] of Object.entries(urls)) {
    const url = URL.parse(text);
    if (url === null || url.hostname === '') {
      throw new InferwayError('configuration', {
        message: `The server of "${provider}" is no URL. Write its base URL, such as "https://api.openai.com/v1".`,
        param: `servers.${provider}`,
      });
    }
    const standard = url.protocol === 'http:' ? 80 : 443;
    const port = url.port === '' ? standard : Number(url.port);
    servers.set(provider, { address: url.hostname, port });
  }
  return (provider) => servers.get(provider);
}
