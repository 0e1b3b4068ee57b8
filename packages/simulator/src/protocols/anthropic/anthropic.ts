import { isJsonObject, type ChatRequest } from '@inferway/core';
import { anthropicCountTokens, anthropicMessages } from '@inferway/wire';
import type { Exchange } from '../../http/exchange.js';
import { chatEndpoint } from '../../serve/chat-endpoint.js';
import { countRoute } from '../../serve/count-route.js';
import type { Endpoint } from '../../serve/endpoint.js';
import { serve } from '../../serve/serve.js';
import type { SimulatorContext } from '../../serve/context.js';
import type { Protocol } from '../protocol.js';
import type { Problem } from '../voice.js';
import { brokenRule, brokenRuleAnswer } from './rules.js';
import { withExtras } from './extra-parts.js';
import { anthropicVoice as voice } from './voice.js';
import { batchRoutes } from './batches.js';
import { fileRoutes } from './files.js';
import { modelRoutes } from './models.js';

/** Anthropic's Messages API, versions 2023-06-01 and 2026-10-21. */
export function anthropic(context: SimulatorContext): Protocol<'anthropic'> {
  const endpoint = messages(context.seed);
  return {
    name: 'anthropic',
    prefix: '/anthropic',
    basePath: '/anthropic',
    voice,
    routes: [
      {
        method: 'POST',
        path: /^\/v1\/messages$/u,
        handle: (exchange) => serve(endpoint, context, exchange),
      },
      countRoute(
        /^\/v1\/messages\/count_tokens$/u,
        anthropicCountTokens,
        voice,
        context,
        (body, exchange) =>
          endpoint.check?.(body, exchange) ?? refusedBy(answerOnly(body), exchange),
      ),
      ...batchRoutes(context, endpoint),
      ...fileRoutes(context),
      ...modelRoutes(context),
    ],
  };
}

function messages(seed: number): Endpoint<'chat'> {
  const plain = chatEndpoint({
    format: anthropicMessages,
    voice,
    cache: 'marked',
    reasoning: 'shown',
    callPrefix: 'toolu_',
    stopped: (sequence) => ({
      reason: 'stop_sequence',
      passthrough: { format: anthropicMessages.name, fields: { stop_sequence: sequence } },
    }),
  });
  return {
    ...plain,
    generate: (request, model, random) =>
      withExtras(plain.generate(asked(request), model, random), request, seed),
    check(body, exchange: Exchange) {
      const version = exchange.header('anthropic-version');
      return refusedBy(
        brokenRule(body, version, seed, exchange.header('anthropic-beta')),
        exchange,
      );
    },
    // The API tells the input's tokens as soon as it has read them.
    start(payload, usage) {
      const { message } = payload;
      if (typeof message !== 'object' || message === null) return;
      const encoded = anthropicMessages.encodeResponse(
        { result: EMPTY, usage: { ...usage, outputTokens: 1, reasoningTokens: undefined } },
        { id: '', model: '', created: 0 },
      );
      Object.assign(message, { usage: encoded['usage'] });
    },
  };
}

function refusedBy(broken: string | undefined, exchange: Exchange): Problem | undefined {
  return broken === undefined
    ? undefined
    : { kind: 'refused', answer: brokenRuleAnswer(broken, exchange.requestId) };
}

/** Counting takes no field that only an answer has use for. */
function answerOnly(body: unknown): string | undefined {
  const field = ANSWER_ONLY.find((name) => isJsonObject(body) && body[name] !== undefined);
  return field === undefined ? undefined : `${field}: Extra inputs are not permitted`;
}

/** Between tools an answer begins without thinking. */
function asked(request: ChatRequest): ChatRequest {
  const thinking = request.passthrough?.fields['thinking'];
  return isJsonObject(thinking) && thinking['type'] === 'between_tools'
    ? { ...request, reasoning: { effort: 'none' } }
    : request;
}

const ANSWER_ONLY = ['max_tokens', 'stream', 'temperature', 'top_p', 'top_k', 'stop_sequences'];

const EMPTY = {
  message: { role: 'assistant', content: [] },
  finishReason: { unified: 'unknown' },
} as const;
