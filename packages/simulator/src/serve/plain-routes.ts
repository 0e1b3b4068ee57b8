import type { Operation } from '@inferway/core';
import type { Route } from '../protocols/protocol.js';
import type { Voice } from '../protocols/voice.js';
import { checkKey } from './check-key.js';
import type { SimulatorContext } from './context.js';
import type { AnyEndpoint } from './endpoint.js';
import { refuse, serve } from './serve.js';

/** A route at which one endpoint answers. */
export function postRoute<K extends Operation>(
  path: RegExp,
  endpoint: AnyEndpoint<K>,
  context: SimulatorContext,
): Route {
  return { method: 'POST', path, handle: (exchange) => serve(endpoint, context, exchange) };
}

/** A route that tells a fixed thing to whoever has a key. */
export function getRoute(
  path: RegExp,
  voice: Voice,
  context: SimulatorContext,
  tell: () => object,
): Route {
  return {
    method: 'GET',
    path,
    handle(exchange) {
      const denied = checkKey(voice, context, exchange);
      if (denied !== undefined) return refuse(voice, denied, exchange);
      exchange.over('complete');
      exchange.send({ status: 200, body: tell() });
    },
  };
}
