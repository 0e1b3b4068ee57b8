import { openaiChat } from '@inferway/wire';
import { chatEndpoint } from '../../serve/chat-endpoint.js';
import type { SimulatorContext } from '../../serve/context.js';
import type { Endpoint } from '../../serve/endpoint.js';
import { refuse, serve } from '../../serve/serve.js';
import { brokenRule } from '../openai/rules.js';
import type { Protocol } from '../protocol.js';
import { findAtPartner, findRouted } from './find-routed.js';
import { listingRoutes } from './hub-routes.js';
import { PARTNERS, partnerPrices } from './partners.js';
import { huggingfaceVoice as voice } from './voice.js';

/** Hugging Face's router (chat), each provider's path behind it, and the Hub's model information. */
export function huggingface(context: SimulatorContext): Protocol<'huggingface'> {
  const routed: Endpoint<'chat'> = {
    ...chatEndpoint({
      format: openaiChat,
      voice,
      cache: 'automatic',
      reasoning: 'shown',
      callPrefix: 'call_',
    }),
    check: brokenRule,
    find: findRouted,
  };
  const pinned = new Map(
    PARTNERS.map((partner) => [
      partner.id,
      {
        ...routed,
        find: (models, id, exchange) => findAtPartner(models, id, exchange, partner),
      } satisfies Endpoint<'chat'>,
    ]),
  );
  return {
    name: 'huggingface',
    prefix: '/huggingface',
    basePath: '/huggingface/v1',
    voice,
    routes: [
      {
        method: 'POST',
        path: /^\/v1\/chat\/completions$/u,
        handle: (exchange) => serve(routed, context, exchange),
      },
      {
        // Below a provider's name comes its own path: `/together/v1/…`, `/groq/openai/v1/…`, `/novita/v3/openai/…`.
        method: 'POST',
        path: /^\/([\w-]+)(\/[\w/-]*)\/chat\/completions$/u,
        handle(exchange, [provider = '', path = '']) {
          const endpoint = pinned.get(provider);
          if (endpoint !== undefined) return serve(endpoint, context, exchange);
          refuse(voice, { kind: 'unknown-route', method: 'POST', path }, exchange);
          return undefined;
        },
      },
      ...listingRoutes(context),
    ],
    prices(model, servedBy) {
      const partner = PARTNERS.find(({ id }) => id === servedBy);
      return partner === undefined ? undefined : partnerPrices(model, partner);
    },
  };
}
