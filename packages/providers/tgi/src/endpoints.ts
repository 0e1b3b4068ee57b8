import type { Call } from '@inferway/core';
import { endpoint, rawEndpoint, type Endpoint, type EndpointChoice } from '@inferway/provider-kit';
import { openaiChat, tgiGenerate, type OpenAIChatDialect } from '@inferway/wire';
import { chatTokenize } from './chat-tokenize.js';

/**
 * What TGI's chats take (`ChatRequest` in router/src/lib.rs). The model is the server's own: a name in the request is that of a LoRA adapter,
 * and `tgi` is none. `presence_penalty` is taken for a repetition penalty of two more.
 */
const chatDialect: OpenAIChatDialect = {
  defaults: { model: 'tgi' },
  ownFields: ({ adapter_id: adapter, ...rest }) =>
    adapter === undefined ? rest : { ...rest, model: adapter },
  unsupported: [
    'topK',
    'minP',
    'presencePenalty',
    'repetitionPenalty',
    'choices',
    'reasoning',
    'user',
    'metadata',
    'serviceTier',
    'promptCacheKey',
    'parallelToolCalls',
  ],
};

const generate = endpoint({ format: tgiGenerate, path: 'generate' });
const generateStream = endpoint({ format: tgiGenerate, path: 'generate_stream' });

/** The two shapes of a completion have an address each. */
const complete: EndpointChoice<'complete'> = {
  among: [generate, generateStream],
  choose: ({ stream }: Call<'complete'>) => (stream ? generateStream : generate),
};

/** The routes of a TGI server (router/src/server.rs). */
export const ENDPOINTS: {
  readonly chat: Endpoint<'chat'>;
  readonly complete: EndpointChoice<'complete'>;
  readonly countTokens: Endpoint<'countTokens'>;
  readonly raw: Endpoint<'raw'>;
} = {
  chat: endpoint({ format: openaiChat, path: 'v1/chat/completions', dialect: chatDialect }),
  complete,
  countTokens: endpoint({ format: chatTokenize, path: 'chat_tokenize', dialect: chatDialect }),
  raw: rawEndpoint,
};
