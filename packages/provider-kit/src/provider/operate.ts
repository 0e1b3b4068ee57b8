import { illShaped, type AnyReply, type Call, type Operation } from '@inferway/core';
import type { ClientFormat, WireBody } from '@inferway/wire';
import type { RequestHeaders } from '../transport/http-request.js';
import type { Connection } from './connection.js';
import type { Endpoint, EndpointChoice } from './endpoint.js';
import { withoutForeign } from './issuer.js';
import { ProviderCall } from './provider-call.js';
import { encodeModelId } from './request-path.js';
import { addressOf, type SessionRequest } from './session-request.js';
import { streamReply } from './stream-reply.js';
import { unaryReply } from './unary-reply.js';

type Operate = (call: Call) => Promise<AnyReply>;

/** The function of a provider for one operation. */
export function operate(
  connection: Connection,
  served: Endpoint | EndpointChoice,
  callHeaders: ((call: Call) => RequestHeaders | undefined) | undefined,
): Operate {
  if (!('among' in served)) return operateOne(connection, served, callHeaders);
  const ways = new Map(
    served.among.map((endpoint) => [endpoint, operateOne(connection, endpoint, callHeaders)]),
  );
  const { choose } = served as EndpointChoice<Operation>;
  return async (call) => {
    let chosen: unknown;
    try {
      chosen = choose(call as never);
    } catch (reason) {
      throw illShaped(reason);
    }
    const way = ways.get(chosen as Endpoint);
    if (way === undefined) throw new TypeError('The endpoint chosen is not one of "among".');
    return way(call);
  };
}

/** For answers that may be files: a server that was asked for JSON may refuse to give one. */
const ANY: RequestHeaders = { accept: '*/*' };

function operateOne(
  connection: Connection,
  endpoint: Endpoint,
  callHeaders: ((call: Call) => RequestHeaders | undefined) | undefined,
): Operate {
  const format = endpoint.format as unknown as ClientFormat<Operation, object, WireBody>;
  const path = endpoint.path as string | ((id: string, request: unknown) => string);
  const method = endpoint.method as ((request: unknown) => 'POST') | undefined;
  // Checked and joined once, where every call has the same.
  const fixed =
    typeof path === 'string'
      ? addressOf({ path }, connection.base, connection.identity.name)
      : undefined;
  return async (call) => {
    let attempt: ProviderCall;
    let request: SessionRequest;
    try {
      attempt = new ProviderCall(connection, endpoint as never, call);
      request = {
        method: method?.(call.request) ?? 'POST',
        address: fixed,
        path: typeof path === 'string' ? path : path(encodeModelId(call.model.id), call.request),
        body: format.encodeRequest(
          withoutForeign(call.request, call.model.provider) as never,
          attempt,
        ),
        headers:
          format.answers === 'any' ? { ...ANY, ...callHeaders?.(call) } : callHeaders?.(call),
      };
    } catch (reason) {
      throw illShaped(reason);
    }
    const response = await attempt.exchange(request);
    // Awaited here: an async function that gives back a promise makes its caller wait three turns more.
    return call.stream
      ? await streamReply(format, attempt, response)
      : await unaryReply(format, attempt, response);
  };
}
