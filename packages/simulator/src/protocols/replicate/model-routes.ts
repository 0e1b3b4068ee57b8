import type { JsonObject } from '@inferway/core';
import type { Exchange } from '../../http/exchange.js';
import { readBody } from '../../http/read-body.js';
import { refuse } from '../../serve/serve.js';
import type { Route } from '../protocol.js';
import { findByName } from './catalog.js';
import { addressOf, answer, notFound, page, type Desk } from './desk.js';
import { openApiSchema } from './input-schema.js';
import type { CatalogModel } from './model-kind.js';
import { problemAnswer, replicateVoice as voice } from './voice.js';

const CREATED = '2026-01-01T00:00:00.000Z';
const PAGE = 25;

/** Models and their versions, in pages. */
export function modelRoutes(desk: Desk): readonly Route[] {
  const { catalog } = desk;
  const one = (exchange: Exchange, [owner = '', name = '']: readonly string[]) => {
    if (!desk.admits(exchange)) return undefined;
    const model = findByName(catalog, owner, name);
    if (model === undefined) notFound(exchange);
    return model;
  };
  return [
    { method: 'GET', path: /^\/v1\/models$/u, handle: (exchange) => list(desk, exchange) },
    {
      method: 'QUERY',
      path: /^\/v1\/models$/u,
      async handle(exchange) {
        const text = (await readBody(exchange.request, desk.context.maxBodyBytes)) ?? '';
        if (!desk.admits(exchange)) return;
        const words = text.replaceAll('"', '').trim().toLowerCase();
        const address = addressOf(exchange);
        const hits = catalog.filter(({ name, description }) =>
          `${name} ${description}`.toLowerCase().includes(words),
        );
        answer(exchange, page(hits.map((model) => modelJson(model, address))));
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/models\/([^/]+)\/([^/]+)$/u,
      handle(exchange, groups) {
        const model = one(exchange, groups);
        if (model !== undefined) answer(exchange, modelJson(model, addressOf(exchange)));
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/models\/([^/]+)\/([^/]+)\/versions$/u,
      handle(exchange, groups) {
        const model = one(exchange, groups);
        if (model === undefined) return;
        if (model.official) return hidden(exchange);
        answer(exchange, page([versionJson(model)]));
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/models\/([^/]+)\/([^/]+)\/versions\/([^/]+)$/u,
      handle(exchange, groups) {
        const model = one(exchange, groups);
        if (model === undefined) return;
        if (model.version === groups[2]) answer(exchange, versionJson(model));
        else notFound(exchange);
      },
    },
  ];
}

function list(desk: Desk, exchange: Exchange): void {
  if (!desk.admits(exchange)) return;
  const address = addressOf(exchange);
  const from = Number(new URL(exchange.record.path, address).searchParams.get('cursor') ?? 0);
  const cursor = (at: number): string => `${address}/v1/models?cursor=${at}`;
  answer(exchange, {
    previous: from > 0 ? cursor(Math.max(0, from - PAGE)) : null,
    next: from + PAGE < desk.catalog.length ? cursor(from + PAGE) : null,
    results: desk.catalog.slice(from, from + PAGE).map((model) => modelJson(model, address)),
  });
}

function hidden(exchange: Exchange): void {
  const detail = 'This model is an official model and does not expose a list of versions.';
  refuse(voice, { kind: 'refused', answer: problemAnswer(404, 'Not found', detail) }, exchange);
}

/** A model as the API tells of it. */
export function modelJson(model: CatalogModel, address: string): JsonObject {
  const { owner, name } = model;
  return {
    url: `${address}/${owner}/${name}`,
    owner,
    name,
    description: model.description,
    visibility: 'public',
    is_official: model.official,
    github_url: null,
    paper_url: null,
    license_url: null,
    run_count: 0,
    cover_image_url: null,
    default_example: null,
    latest_version: versionJson(model),
  };
}

function versionJson(model: CatalogModel): JsonObject {
  return {
    id: model.version,
    created_at: CREATED,
    cog_version: '0.16.9',
    openapi_schema: openApiSchema(model.name, model.fields, model.output),
  };
}
