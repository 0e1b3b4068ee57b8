import { InferwayError, type ModelInfo } from '@inferway/core';
import type { Connection } from './connection.js';
import type { ModelListingSettings } from './profile.js';

/** No listing has more pages; one that goes in circles ends here. */
const MOST_PAGES = 100;
/** A listing has no chain around it that would end it. */
const TIMEOUT_MS = 30_000;

/** Reads a provider's model listing, page by page. */
export async function listModels(
  connection: Connection,
  settings: ModelListingSettings,
  given: AbortSignal | undefined,
): Promise<readonly ModelInfo[]> {
  const session = connection.session({ signal: given ?? AbortSignal.timeout(TIMEOUT_MS) });
  const models: ModelInfo[] = [];
  let path: string | undefined = settings.path;
  for (let page = 0; path !== undefined && page < MOST_PAGES; page++) {
    const body = await session.json({ path });
    models.push(...settings.decode(body, session.provider));
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
