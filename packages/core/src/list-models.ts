import type { ModelListing } from './client-types.js';
import { InferwayError } from './error.js';
import type { ProviderBase } from './provider.js';

/** What all providers list that can be asked, and who could not be. */
export async function listModels(
  providers: readonly ProviderBase[],
  signal: AbortSignal | undefined,
): Promise<ModelListing> {
  const asked = await Promise.allSettled(
    providers.map(
      async (provider) => provider.models?.(signal === undefined ? {} : { signal }) ?? [],
    ),
  );
  return {
    models: asked.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : [])),
    failures: asked.flatMap((answer) =>
      answer.status === 'rejected' ? [InferwayError.from(answer.reason)] : [],
    ),
  };
}
