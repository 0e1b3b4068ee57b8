import { InferwayError, isJsonObject } from '@inferway/core';
import { anthropicMessages } from '@inferway/wire';
import { readBody } from '../../http/read-body.js';
import { findModel, modelReference } from '../../serve/model-reference.js';
import { checkKey } from '../../serve/check-key.js';
import { refuse } from '../../serve/serve.js';
import { promptSegments } from '../../usage/prompt-segments.js';
import type { SimulatorContext } from '../../serve/context.js';
import type { Route } from '../protocol.js';
import { anthropicVoice as voice } from './voice.js';

/** `POST /v1/messages/count_tokens`: the tokens of a prompt, free of charge. */
export function countTokensRoute(context: SimulatorContext): Route {
  return {
    method: 'POST',
    path: /^\/v1\/messages\/count_tokens$/u,
    async handle(exchange) {
      const text = await readBody(exchange.request, context.maxBodyBytes);
      const denied = checkKey(voice, context, exchange);
      if (denied !== undefined) return refuse(voice, denied, exchange);
      if (text === undefined) {
        return refuse(voice, { kind: 'too-large', limit: context.maxBodyBytes }, exchange);
      }
      let body: unknown;
      try {
        body = JSON.parse(text);
      } catch {
        return refuse(voice, { kind: 'malformed-json' }, exchange);
      }
      exchange.record.body = body;
      try {
        // The format wants a limit of output, which counting has not.
        const { model, request } = anthropicMessages.decodeRequest(
          isJsonObject(body) ? { ...body, max_tokens: 1 } : body,
        );
        const { id } = modelReference(model);
        if (findModel(context.models, id) === undefined) {
          return refuse(voice, { kind: 'unknown-model', model: id }, exchange);
        }
        const tokens = promptSegments(request).reduce((sum, segment) => sum + segment.tokens, 0);
        exchange.over('complete');
        return exchange.send({ status: 200, body: { input_tokens: tokens } });
      } catch (reason) {
        if (!InferwayError.is(reason)) throw reason;
        return refuse(voice, { kind: 'invalid', error: reason }, exchange);
      }
    },
  };
}
