import { InferwayError, isJsonObject, type JsonObject } from '@inferway/core';
import { openaiChat } from '@inferway/wire';
import type { Exchange } from '../../http/exchange.js';
import { readBody } from '../../http/read-body.js';
import { checkKey } from '../../serve/check-key.js';
import type { SimulatorContext } from '../../serve/context.js';
import { findModel } from '../../serve/model-reference.js';
import { refuse } from '../../serve/serve.js';
import { tokenize } from '../../text/tokenizer.js';
import { promptSegments } from '../../usage/prompt-segments.js';
import type { Route } from '../protocol.js';
import { vllmVoice as voice } from './voice.js';

/** `POST /tokenize` of a chat or a prompt, and `POST /detokenize` of what it gave. */
export function tokenizeRoutes(context: SimulatorContext): readonly Route[] {
  // Tokens of the simulator have no numbers of their own: they get them as they are met.
  const known: string[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (token: string): number => {
    const number = numbers.get(token) ?? known.push(token) - 1;
    numbers.set(token, number);
    return number;
  };
  return [
    {
      method: 'POST',
      path: /^\/tokenize$/u,
      handle: (exchange) =>
        answer(exchange, context, (body) => {
          const model = findModel(context.models, String(body['model']));
          const texts =
            typeof body['prompt'] === 'string'
              ? [body['prompt']]
              : promptSegments(openaiChat.decodeRequest(body).request).map(({ text }) => text);
          const tokens = texts.flatMap((text) => tokenize(text)).map(numberOf);
          const { contextLength = 200_000 } = model ?? {};
          return { count: tokens.length, max_model_len: contextLength, tokens };
        }),
    },
    {
      method: 'POST',
      path: /^\/detokenize$/u,
      handle: (exchange) =>
        answer(exchange, context, ({ tokens }) => ({
          prompt: (Array.isArray(tokens) ? tokens : []).map((token) => known[token] ?? '').join(''),
        })),
    },
  ];
}

async function answer(
  exchange: Exchange,
  context: SimulatorContext,
  tell: (body: JsonObject) => object,
): Promise<void> {
  const text = await readBody(exchange.request, context.maxBodyBytes);
  const denied = checkKey(voice, context, exchange);
  if (denied !== undefined) return refuse(voice, denied, exchange);
  try {
    const body: unknown = JSON.parse(text ?? '');
    if (!isJsonObject(body)) return refuse(voice, { kind: 'malformed-json' }, exchange);
    exchange.record.body = body;
    const { model } = body;
    if (typeof model === 'string' && findModel(context.models, model) === undefined) {
      return refuse(voice, { kind: 'unknown-model', model }, exchange);
    }
    const told = tell(body);
    exchange.over('complete');
    return exchange.send({ status: 200, body: told });
  } catch (reason) {
    if (InferwayError.is(reason)) {
      return refuse(voice, { kind: 'invalid', error: reason }, exchange);
    }
    return refuse(voice, { kind: 'malformed-json' }, exchange);
  }
}
