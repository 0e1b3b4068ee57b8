import { InferwayError } from '@inferway/core';
import { openaiChat, tgiGenerate } from '@inferway/wire';
import type { Exchange } from '../../http/exchange.js';
import { readBody } from '../../http/read-body.js';
import { checkKey } from '../../serve/check-key.js';
import type { SimulatorContext } from '../../serve/context.js';
import { refuse } from '../../serve/serve.js';
import { tokenize } from '../../text/tokenizer.js';
import { promptSegments } from '../../usage/prompt-segments.js';
import type { Route } from '../protocol.js';
import { tgiVoice as voice } from './voice.js';

/** `POST /tokenize` of a prompt and `POST /chat_tokenize` of a chat. */
export function tokenizeRoutes(context: SimulatorContext): readonly Route[] {
  const route = (path: RegExp, tell: (body: unknown) => object): Route => ({
    method: 'POST',
    path,
    handle: (exchange) => answer(exchange, context, tell),
  });
  return [
    route(/^\/tokenize$/u, (body) => tokensOf(tgiGenerate.decodeRequest(body).request.prompt)),
    route(/^\/chat_tokenize$/u, (body) => {
      const segments = promptSegments(openaiChat.decodeRequest(body).request);
      const text = segments.map((segment) => segment.text).join('');
      const tokens = segments.flatMap((segment) => tokensOf(segment.text));
      return { tokenize_response: tokens, templated_text: text };
    }),
  ];
}

function tokensOf(text: string): object[] {
  let start = 0;
  return tokenize(text).map((token) => {
    const stop = start + token.length;
    const simple = { id: token.codePointAt(0) ?? 0, text: token, start, stop };
    start = stop;
    return simple;
  });
}

async function answer(
  exchange: Exchange,
  context: SimulatorContext,
  tell: (body: unknown) => object,
): Promise<void> {
  const text = await readBody(exchange.request, context.maxBodyBytes);
  const denied = checkKey(voice, context, exchange);
  if (denied !== undefined) return refuse(voice, denied, exchange);
  let body: unknown;
  try {
    body = JSON.parse(text ?? '');
  } catch {
    return refuse(voice, { kind: 'malformed-json' }, exchange);
  }
  exchange.record.body = body;
  try {
    const told = tell(body);
    exchange.over('complete');
    return exchange.send({ status: 200, body: told });
  } catch (reason) {
    return refuse(voice, { kind: 'invalid', error: InferwayError.from(reason) }, exchange);
  }
}
