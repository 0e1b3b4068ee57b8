import type { ProviderOf } from '@inferway/core';
import { defineProvider, endpoint } from '@inferway/provider-kit';
import { openaiChat, openaiCompletions, openaiEmbeddings } from '@inferway/wire';
import type { ProviderSetup } from '../../src/index.js';

/** An adapter that does nothing out of the ordinary. */
export function createReference(
  setup: ProviderSetup,
): ProviderOf<'reference', 'chat' | 'complete' | 'embed'> {
  const { baseUrl, apiKey, transport } = setup;
  return defineProvider({
    name: 'reference',
    baseUrl,
    key: { apiKey },
    endpoints: {
      chat: endpoint({ format: openaiChat, path: 'chat/completions' }),
      complete: endpoint({ format: openaiCompletions, path: 'completions' }),
      embed: endpoint({ format: openaiEmbeddings, path: 'embeddings' }),
    },
    transport,
  });
}
