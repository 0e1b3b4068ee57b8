import { InferwayError, type ModelInfo } from '@inferway/core';
import { classifyError } from '../errors/classify-error.js';
import type { Transport } from '../transport/transport.js';
import { parseAnswer } from './answer-body.js';
import type { BaseUrl } from './base-url.js';
import type { Endpoints } from './endpoint.js';
import type { ModelListingSettings, Profile } from './profile.js';
import type { KeyedHeaders } from './provider-key.js';

/** No listing has more pages; one that goes in circles ends here. */
const MOST_PAGES = 100;
/** A listing has no chain around it that would end it. */
const TIMEOUT_MS = 30_000;

/** Reads a provider's model listing, page by page. */
export async function listModels(
  profile: Profile<string, Endpoints>,
  settings: ModelListingSettings,
  base: BaseUrl,
  transport: Transport,
  keyed: KeyedHeaders,
  given: AbortSignal | undefined,
): Promise<readonly ModelInfo[]> {
  const { 'content-type': _none, ...headers } = keyed.headers;
  const signal = given ?? AbortSignal.timeout(TIMEOUT_MS);
  const models: ModelInfo[] = [];
  let path: string | undefined = settings.path;
  for (let page = 0; path !== undefined && page < MOST_PAGES; page++) {
    const response = await transport.exchange({
      method: 'GET',
      origin: base.origin,
      path: `${base.path}/${path}`,
      headers,
      signal,
    });
    const text = await response.text();
    if (response.status >= 400) {
      throw classifyError({
        provider: profile.name,
        status: response.status,
        headers: response.headers,
        body: text,
        secrets: keyed.secrets,
        now: Date.now(),
        refine: profile.refineError,
      });
    }
    const body = parseAnswer(text, profile.name);
    models.push(...settings.decode(body, profile.name));
    path = settings.next?.(body);
  }
  return models;
}

/** Gives errors of a listing the provider's name, which no chain does for them. */
export function nameListingError(reason: unknown, provider: string): InferwayError {
  const error = InferwayError.from(reason);
  error.provider ??= provider;
  return error;
}
