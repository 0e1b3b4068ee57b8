import type { ModelInfo } from '@inferway/core';
import type { Exchange } from './exchange.js';
import type { GatewayParts } from './gateway-parts.js';
import { respondJson } from './respond-json.js';

interface Listed {
  readonly id: string;
  readonly ownedBy: string;
  readonly created: number;
  readonly info: ModelInfo | undefined;
}

/** `GET /v1/models`: the aliases, the routes and all that the providers list, in the shape of the caller's protocol. */
export function serveModels({
  directory,
  names,
  routed,
}: GatewayParts): (exchange: Exchange) => Promise<void> {
  return async (exchange) => {
    const models = await directory.list();
    const listed: Listed[] = [...names.aliases, ...routed.list(models)].map((id) => ({
      id,
      ownedBy: 'inferway',
      created: 0,
      info: undefined,
    }));
    for (const info of models) {
      const { provider, id, ownedBy = provider, created = 0 } = info;
      listed.push({ id: `${provider}/${id}`, ownedBy, created, info });
    }
    const anthropic = exchange.request.headers['anthropic-version'] !== undefined;
    respondJson(
      exchange,
      200,
      JSON.stringify(anthropic ? anthropicList(listed) : openaiList(listed)),
    );
  };
}

function openaiList(models: readonly Listed[]): object {
  return {
    object: 'list',
    data: models.map(({ id, created, ownedBy, info }) => ({
      id,
      object: 'model',
      created,
      owned_by: ownedBy,
      ...(info?.contextLength === undefined ? {} : { context_length: info.contextLength }),
    })),
  };
}

// All on one page: `has_more` is false whatever page size was asked for.
function anthropicList(models: readonly Listed[]): object {
  return {
    data: models.map(({ id, created }) => ({
      type: 'model',
      id,
      display_name: id,
      created_at: new Date(created * 1000).toISOString(),
    })),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  };
}
