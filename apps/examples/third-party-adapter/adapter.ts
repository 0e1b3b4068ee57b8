import { isJsonObject, type ProviderOf } from '@inferway/core';
import { defineProvider, endpoint, type Transport } from '@inferway/provider-kit';
import { openaiChat, type ClientFormat } from '@inferway/wire';

declare module '@inferway/core' {
  interface Operations {
    classify: {
      request: { readonly text: string; readonly labels: readonly string[] };
      result: { readonly label: string; readonly score: number };
      event: never;
    };
  }
}

/** Acme's own protocol for `classify`; for chat it speaks OpenAI's. */
const acmeClassify: ClientFormat<'classify'> = {
  name: 'acme-classify',
  operation: 'classify',
  encodeRequest: ({ text, labels }, { model }) => ({ model, input: text, candidates: labels }),
  decodeResponse(body, from) {
    const best = isJsonObject(body) ? body['best'] : undefined;
    if (!isJsonObject(best)) throw from.fail(body);
    return { result: { label: String(best['label']), score: Number(best['score']) } };
  },
};

type AcmeOptions = { baseUrl: string; apiKey?: string; transport?: Transport | undefined };

export function createAcme(options: AcmeOptions): ProviderOf<'acme', 'chat' | 'classify'> {
  return defineProvider({
    name: 'acme',
    baseUrl: options.baseUrl,
    key: { apiKey: options.apiKey, env: ['ACME_API_KEY'] },
    endpoints: {
      chat: endpoint({ format: openaiChat, path: 'chat/completions' }),
      classify: endpoint({ format: acmeClassify, path: 'classify' }),
    },
    transport: options.transport,
  });
}
