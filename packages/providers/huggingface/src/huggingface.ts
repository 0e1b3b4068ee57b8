import { InferwayError, observe, type Call, type ProviderOf, type Reply } from '@inferway/core';
import {
  defineProvider,
  ExpiringMap,
  endpoint,
  headerValue,
  undiciTransport,
  type RequestHeaders,
} from '@inferway/provider-kit';
import { openaiChat } from '@inferway/wire';
import {
  createHuggingFaceCatalog,
  routerUrl,
  TOKEN_VARIABLES,
  type HuggingFaceCatalogOptions,
} from './catalog.js';

import { checkRouting, isPolicy, readRouting, writeRouting, type Routing } from './routed-model.js';

type ChatCall = Call<'chat'>;

export interface HuggingFaceOptions extends HuggingFaceCatalogOptions {
  /** The organization that pays, by its name on the Hub, instead of the token's owner. */
  readonly billTo?: string | undefined;
  /** How the router chooses a provider for ids without a suffix. Default `auto`: as the router does. */
  readonly routing?: Routing | undefined;
  /**
   * Keeps a conversation with the provider that served it last, whose prompt cache it fills, for up to an hour and until that provider
   * fails. Gives the conversation's name; `true` takes the request's `promptCacheKey`. Default: no.
   */
  readonly sticky?: boolean | ((call: ChatCall) => string | undefined) | undefined;
  /** Sent with every request. */
  readonly headers?: RequestHeaders | undefined;
}

/** Fields for the router's body, as the provider behind it takes them, which the canonical request has no name for. */
export interface HuggingFaceProviderOptions {
  /** Switches of the model's chat template, such as `{ enable_thinking: false }`. */
  readonly chat_template_kwargs?: object | undefined;
  readonly [field: string]: unknown;
}

declare module '@inferway/core' {
  interface ProviderOptions {
    readonly huggingface?: HuggingFaceProviderOptions | undefined;
  }
}

/**
 * Hugging Face Inference Providers, by the router: `huggingface/org/name`, with `:fastest`, `:cheapest`, `:preferred` or a provider's id behind
 * it. `meta.servedBy` says who answered. @throws {InferwayError} `configuration` for a bad URL, key, header or routing.
 */
export function createHuggingFace(
  options: HuggingFaceOptions = {},
): ProviderOf<'huggingface', 'chat'> {
  const { apiKey, billTo, transport = undiciTransport() } = options;
  const usual = checkRouting(options.routing);
  const catalog = createHuggingFaceCatalog({ ...options, transport });
  const router = defineProvider({
    name: 'huggingface',
    baseUrl: routerUrl(options.baseUrl),
    key: { apiKey, env: TOKEN_VARIABLES },
    headers: { ...(billTo === undefined ? {} : { 'x-hf-bill-to': billTo }), ...options.headers },
    endpoints: { chat: endpoint({ format: openaiChat, path: 'chat/completions' }) },
    keepHeaders: ['x-inference-provider'],
    servedBy: (headers) => headerValue(headers, 'x-inference-provider'),
    transport,
  });

  // Providers keep prompt caches for minutes; longer than an hour nobody does.
  const served = new ExpiringMap<string>(3_600_000, 10_000);
  const conversationOf = stickyName(options.sticky);

  return {
    ...router,
    async chat(call: ChatCall): Promise<Reply<ChatCall>> {
      const { name, routing } = readRouting(call.model.id);
      const wanted = routing ?? usual;
      const conversation = isPolicy(wanted) ? conversationOf(call) : undefined;
      const key = conversation === undefined ? undefined : `${name} ${conversation}`;
      const { clock } = call.state.runtime;
      const pin = key === undefined ? undefined : served.get(key, clock.now());
      const id = writeRouting({ name, routing: pin ?? wanted });
      const routed = id === call.model.id ? call : { ...call, model: { ...call.model, id } };
      if (key === undefined) return router.chat(routed);
      try {
        const reply = await router.chat(routed);
        const { servedBy } = reply.meta;
        if (servedBy !== undefined) served.set(key, servedBy, clock.now());
        return observe(reply, {
          end: ({ status }) => {
            if (status === 'failed') served.delete(key);
          },
        });
      } catch (reason) {
        if (InferwayError.from(reason).code !== 'aborted') served.delete(key);
        throw reason;
      }
    },
    models: (asking) => catalog.models(asking),
  };
}

function stickyName(sticky: HuggingFaceOptions['sticky']): (call: ChatCall) => string | undefined {
  if (typeof sticky === 'function') return sticky;
  return sticky === true ? (call) => call.request.promptCacheKey : () => undefined;
}
