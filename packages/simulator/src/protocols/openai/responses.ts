import { isJsonObject, type ChatRequest } from '@inferway/core';
import { openaiInputTokens, openaiResponses } from '@inferway/wire';
import { chatEndpoint, type ChatProtocol } from '../../serve/chat-endpoint.js';
import type { SimulatorContext } from '../../serve/context.js';
import { countRoute } from '../../serve/count-route.js';
import type { Endpoint } from '../../serve/endpoint.js';
import { serve } from '../../serve/serve.js';
import type { Route } from '../protocol.js';
import type { Voice } from '../voice.js';
import { encryptedContent } from './encrypted-content.js';
import { named } from './item-ids.js';
import { brokenResponsesRule } from './responses-rules.js';
import { openaiError, openaiVoice } from './voice.js';

const voice: Voice = {
  ...openaiVoice,
  answerId: (requestId) => `resp_${requestId.slice(4)}`,
  streamError(problem) {
    const { error } = openaiError(problem).body as { error: { code: string; message: string } };
    const failed = { status: 'failed', error: { code: error.code, message: error.message } };
    return (
      event('error', { sequence_number: 2, ...error, error }) +
      event('response.failed', { sequence_number: 3, response: failed })
    );
  },
  ping: 'event: keepalive\ndata: {"type":"keepalive","sequence_number":0}\n\n',
};

function event(type: string, members: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ ...members, type })}\n\n`;
}

/** `POST /v1/responses` and `POST /v1/responses/input_tokens`. No answer is kept. */
export function responsesRoutes(context: SimulatorContext): readonly Route[] {
  const endpoint = responsesEndpoint(context.seed);
  return [
    {
      method: 'POST',
      path: /^\/v1\/responses$/u,
      handle: (exchange) => serve(endpoint, context, exchange),
    },
    countRoute(/^\/v1\/responses\/input_tokens$/u, openaiInputTokens, voice, context),
  ];
}

/** Reasoning is an item of its own: its summary is always told, its encrypted content where `include` asks for it. */
export function responsesEndpoint(seed: number): Endpoint<'chat'> {
  const protocol: ChatProtocol = {
    format: named,
    voice,
    cache: 'automatic',
    reasoning: 'shown',
    callPrefix: 'call_',
  };
  const plain = chatEndpoint(protocol);
  const encrypted = chatEndpoint({
    ...protocol,
    sign: (text) => ({
      format: openaiResponses.name,
      value: { encrypted_content: encryptedContent(text, seed) },
    }),
  });
  return {
    ...plain,
    check: (body) => brokenResponsesRule(body, seed),
    generate: (request, model, random) =>
      (includesEncrypted(request) ? encrypted : plain).generate(request, model, random),
  };
}

function includesEncrypted({ passthrough }: ChatRequest): boolean {
  const include = isJsonObject(passthrough?.fields) ? passthrough.fields['include'] : undefined;
  return Array.isArray(include) && include.includes('reasoning.encrypted_content');
}
