import { InferwayError } from '@inferway/core';
import type { Format } from '@inferway/wire';
import { readBody } from '../http/read-body.js';
import type { Route } from '../protocols/protocol.js';
import type { Voice } from '../protocols/voice.js';
import { promptSegments } from '../usage/prompt-segments.js';
import { checkKey } from './check-key.js';
import type { SimulatorContext } from './context.js';
import type { Endpoint } from './endpoint.js';
import { findModel, modelReference } from './model-reference.js';
import { refuse } from './serve.js';

/** A route that counts the tokens of a prompt, free of charge, by the protocol's rules where `check` has them. */
export function countRoute(
  path: RegExp,
  format: Format<'countTokens'>,
  voice: Voice,
  context: SimulatorContext,
  check?: Endpoint<'countTokens'>['check'],
): Route {
  return {
    method: 'POST',
    path,
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
      const broken = check?.(body, exchange);
      if (broken !== undefined) return refuse(voice, broken, exchange);
      try {
        const { model, request } = format.decodeRequest(body);
        const { id } = modelReference(model);
        if (findModel(context.models, id) === undefined) {
          return refuse(voice, { kind: 'unknown-model', model: id }, exchange);
        }
        const inputTokens = promptSegments(request).reduce((sum, { tokens }) => sum + tokens, 0);
        const as = { id: exchange.requestId, model: id, created: 0 };
        exchange.over('complete');
        const counted = format.encodeResponse({ result: { inputTokens } }, as);
        return exchange.send({ status: 200, body: counted });
      } catch (reason) {
        if (!InferwayError.is(reason)) throw reason;
        return refuse(voice, { kind: 'invalid', error: reason }, exchange);
      }
    },
  };
}
