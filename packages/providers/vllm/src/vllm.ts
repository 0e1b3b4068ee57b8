import type { ProviderOf } from '@inferway/core';
import {
  defineProvider,
  describedListing,
  endpoint,
  rawEndpoint,
  type ErrorRefinement,
} from '@inferway/provider-kit';
import { anthropicMessages, openaiChat, openaiCompletions, openaiEmbeddings } from '@inferway/wire';
import { chatDialect, completeDialect, MESSAGES_DIALECT } from './dialects.js';
import { tokenize } from './tokenize.js';
import type { VllmOptions } from './vllm-options.js';

/** A vLLM server. @throws {InferwayError} `configuration` for a bad URL, key or header. */
export function createVllm(
  options: VllmOptions = {},
): ProviderOf<'vllm', 'chat' | 'complete' | 'embed' | 'countTokens' | 'raw'> {
  const { apiKey, api, baseUrl, headers, transport } = options;
  const dialect = chatDialect(options);
  const messages = { format: anthropicMessages, path: 'v1/messages', dialect: MESSAGES_DIALECT };
  const chat = { format: openaiChat, path: 'v1/chat/completions', dialect };
  return defineProvider({
    name: 'vllm',
    baseUrl: {
      given: baseUrl,
      env: 'VLLM_BASE_URL',
      standard: 'http://localhost:8000',
      without: '/v1',
    },
    key: { apiKey, env: ['VLLM_API_KEY'], optional: true },
    headers,
    endpoints: {
      chat: api === 'messages' ? endpoint(messages) : endpoint(chat),
      complete: endpoint({
        format: openaiCompletions,
        path: 'v1/completions',
        dialect: completeDialect(options),
      }),
      embed: endpoint({ format: openaiEmbeddings, path: 'v1/embeddings' }),
      countTokens: endpoint({ format: tokenize, path: 'tokenize', dialect }),
      raw: rawEndpoint,
    },
    models: describedListing('v1/models'),
    refineError,
    transport,
  });
}

/** What a server does not do as it was started, another server may. */
const refineError: ErrorRefinement = ({ message = '' }, { status }) =>
  status === 400 && /requires --|--enable-auto-tool-choice/u.test(message)
    ? { code: 'unsupported', cure: 'Start the server with the options that it names.' }
    : undefined;
