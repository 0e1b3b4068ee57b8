import type { AnyReply, Call, Operation, ProviderOf } from '@inferway/core';
import type { ClientFormat } from '@inferway/wire';
import { checkHeaders } from '../transport/check-header.js';
import type { RequestHeaders } from '../transport/http-request.js';
import type { HttpResponse } from '../transport/http-response.js';
import { undiciTransport } from '../transport/undici-transport.js';
import type { Transport } from '../transport/transport.js';
import { readBaseUrl, type BaseUrl } from './base-url.js';
import type { Endpoint, Endpoints } from './endpoint.js';
import { listModels, nameListingError } from './list-models.js';
import type { Profile } from './profile.js';
import { ProviderCall } from './provider-call.js';
import { ProviderKey } from './provider-key.js';
import { encodeModelId, requestPath } from './request-path.js';
import { streamReply } from './stream-reply.js';
import { unaryReply } from './unary-reply.js';

const COMMON_HEADERS: RequestHeaders = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  // Compressed events arrive late and cost CPU; an answer that is compressed all the same is decoded.
  'accept-encoding': 'identity',
  'user-agent': 'inferway',
};

/**
 * Makes a provider of a profile: a plain object with one function for each of its endpoints.
 *
 * @throws {InferwayError} `configuration` for a bad base URL, key or header.
 */
export function defineProvider<const Name extends string, const E extends Endpoints>(
  profile: Profile<Name, E>,
): ProviderOf<Name, keyof E & Operation> {
  const base = readBaseUrl(profile.baseUrl);
  const headers = { ...COMMON_HEADERS, ...checkHeaders(profile.headers ?? {}, 'headers') };
  const key = new ProviderKey(profile.name, profile.key, headers);
  const transport = profile.transport ?? undiciTransport();
  const provider: Record<string, unknown> = { name: profile.name };
  for (const [operation, settings] of Object.entries(profile.endpoints)) {
    provider[operation] = operate(profile, settings as unknown as Endpoint, base, key, transport);
  }
  const { models } = profile;
  if (models !== undefined) {
    provider.models = async (options?: { readonly signal?: AbortSignal }) => {
      try {
        const keyed = key.headersFor(undefined);
        return await listModels(profile, models, base, transport, keyed, options?.signal);
      } catch (reason) {
        throw nameListingError(reason, profile.name);
      }
    };
  }
  provider.close = () => transport.close();
  return provider as unknown as ProviderOf<Name, keyof E & Operation>;
}

function operate(
  profile: Profile<string, Endpoints>,
  endpoint: Endpoint,
  base: BaseUrl,
  key: ProviderKey,
  transport: Transport,
): (call: Call) => Promise<AnyReply> {
  const format = endpoint.format as unknown as ClientFormat;
  const { path } = endpoint;
  const fixedPath = typeof path === 'string' ? requestPath(base, path) : undefined;
  const pathOf = (modelId: string): string =>
    fixedPath ?? requestPath(base, (path as (id: string) => string)(encodeModelId(modelId)));

  return async (call) => {
    const keyed = key.headersFor(call.credential);
    const attempt = new ProviderCall(profile, endpoint, call, keyed.secrets);
    const own = profile.callHeaders?.(call);
    attempt.body = JSON.stringify(format.encodeRequest(call.request as never, attempt));
    const response = await transport.exchange({
      method: 'POST',
      origin: base.origin,
      path: pathOf(call.model.id),
      headers:
        own === undefined ? keyed.headers : { ...keyed.headers, ...checkHeaders(own, 'headers') },
      body: attempt.body,
      signal: call.signal,
      progress: call.progress,
    });
    attempt.accepted(response);
    if (response.status >= 400) throw attempt.fail(await errorText(response, call.signal));
    return call.stream
      ? streamReply(format, attempt, response)
      : unaryReply(format, attempt, response);
  };
}

// An error whose body breaks off is still that error.
async function errorText(response: HttpResponse, signal: AbortSignal): Promise<string> {
  try {
    return await response.text();
  } catch (reason) {
    if (signal.aborted) throw reason;
    return '';
  }
}
