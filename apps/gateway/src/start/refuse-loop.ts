import { InferwayError } from '@inferway/core';

const HERE = new Set(['localhost', '127.0.0.1', '[::1]', '0.0.0.0', '[::]']);

/**
 * A shell in which clients were pointed at the gateway (`OPENAI_BASE_URL`) must not point the gateway at itself.
 *
 * @throws {InferwayError} `configuration` for a provider whose address is the port that the gateway is about to listen on.
 */
export function refuseLoop(provider: string, baseUrl: string | undefined, port: number): void {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return;
  const url = new URL(baseUrl);
  const urlPort = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (urlPort !== port || !HERE.has(url.hostname)) return;
  throw new InferwayError('configuration', {
    message: `The base URL of "${provider}" is this gateway itself (port ${port}). Unset ${provider.toUpperCase()}_BASE_URL here, or correct the config.`,
  });
}
