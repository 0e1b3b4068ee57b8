import {
  anthropicMessages,
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  openaiResponses,
} from '@inferway/wire';
import { chatEndpoint } from '../../serve/chat-endpoint.js';
import { completeEndpoint } from '../../serve/complete-endpoint.js';
import type { SimulatorContext } from '../../serve/context.js';
import { embedEndpoint } from '../../serve/embed-endpoint.js';
import type { Endpoint } from '../../serve/endpoint.js';
import { postRoute } from '../../serve/plain-routes.js';
import { brokenRule } from '../openai/rules.js';
import type { Protocol, Route } from '../protocol.js';
import { endpointRoutes } from './endpoint-routes.js';
import { findAtPartner, findRouted } from './find-routed.js';
import { listingRoutes } from './hub-routes.js';
import { PARTNERS, partnerPrices, TASK_PARTNERS } from './partners.js';
import { inferenceRoutes } from './tasks/inference-routes.js';
import { partnerRoutes } from './tasks/partner-routes.js';
import { huggingfaceVoice as voice } from './voice.js';

/** Hugging Face's router (chats in three protocols), each provider's paths behind it, the tasks, dedicated endpoints, and the Hub's word on models. */
export function huggingface(context: SimulatorContext): Protocol<'huggingface'> {
  const chatIn = (format: Endpoint<'chat'>['format']): Endpoint<'chat'> =>
    chatEndpoint({ format, voice, cache: 'automatic', reasoning: 'shown', callPrefix: 'call_' });
  const chat = { ...chatIn(openaiChat), check: brokenRule };
  const responses = chatIn(openaiResponses);
  const messages = chatIn(anthropicMessages);
  const complete = completeEndpoint(openaiCompletions, voice);
  const embed = embedEndpoint(openaiEmbeddings, voice);
  const atPartner = [...PARTNERS, ...TASK_PARTNERS].flatMap((partner): Route[] => {
    const below = (route: string): RegExp =>
      new RegExp(`^/${partner.id}(?:/[\\w./-]*)?/${route}$`, 'u');
    const chats: Endpoint<'chat'>['find'] = (models, id, exchange) =>
      findAtPartner(models, id, exchange, partner, 'chat');
    const embeddings: Endpoint<'embed'>['find'] = (models, id, exchange) =>
      findAtPartner(models, id, exchange, partner, 'embedding');
    return [
      postRoute(below('chat/completions'), { ...chat, find: chats }, context),
      postRoute(below('completions'), { ...complete, find: chats }, context),
      postRoute(below('embeddings'), { ...embed, find: embeddings }, context),
    ];
  });
  return {
    name: 'huggingface',
    prefix: '/huggingface',
    basePath: '/huggingface/v1',
    voice,
    routes: [
      postRoute(/^\/v1\/chat\/completions$/u, { ...chat, find: findRouted }, context),
      postRoute(/^\/v1\/responses$/u, { ...responses, find: findRouted }, context),
      postRoute(/^\/v1\/messages$/u, { ...messages, find: findRouted }, context),
      ...endpointRoutes({ chat, responses, messages, complete, embed }, context),
      // Below a provider's name comes its own path: `/together/v1/…`, `/groq/openai/v1/…`, `/novita/v3/openai/…`.
      ...atPartner,
      ...inferenceRoutes(context),
      ...partnerRoutes(context),
      ...listingRoutes(context),
    ],
    prices(model, servedBy) {
      const partner = PARTNERS.find(({ id }) => id === servedBy);
      return partner === undefined ? undefined : partnerPrices(model, partner);
    },
  };
}
