import type { JsonObject } from '@inferway/core';
import { keyedRoute, tell } from '../../batches/exchanges.js';
import { StoredFiles, type StoredFile } from '../../batches/stored-files.js';
import type { Exchange } from '../../http/exchange.js';
import { readRequest } from '../../http/read-request.js';
import { checkKey } from '../../serve/check-key.js';
import type { SimulatorContext } from '../../serve/context.js';
import { refuse } from '../../serve/serve.js';
import type { Route } from '../protocol.js';
import { anthropicVoice as voice } from './voice.js';

const BETA = /\bfiles-api-\d{4}-\d\d-\d\d/u;
const MOST_PER_PAGE = 1000;

/**
 * `/v1/files` and what is beneath it (platform.claude.com, "Files API"). Version 2023-06-01 wants the beta's name, in the header or as `beta=true` in
 * the query. Unlike the API itself it gives uploads back, too.
 */
export function fileRoutes(context: SimulatorContext): readonly Route[] {
  const files = new StoredFiles(context.clock, 'file_sim');
  const open = (handle: (exchange: Exchange, id: string) => void) => {
    return (exchange: Exchange, id: string): void => {
      if (!isOpen(exchange)) return failure(exchange, 404, 'not_found_error', 'Not found');
      return handle(exchange, id);
    };
  };
  const withFile = (handle: (exchange: Exchange, file: StoredFile) => void) =>
    open((exchange, id) => {
      const file = files.get(id, exchange.record.tenant);
      if (file !== undefined) return handle(exchange, file);
      return failure(exchange, 404, 'not_found_error', `File not found: ${id}`);
    });
  const route = (
    method: Route['method'],
    path: RegExp,
    handle: (exchange: Exchange, id: string) => void,
  ): Route => keyedRoute(voice, context, method, path, handle);
  return [
    {
      method: 'POST',
      path: /^\/v1\/files$/u,
      handle: (exchange) => upload(exchange, context, files),
    },
    route(
      'GET',
      /^\/v1\/files$/u,
      open((exchange) => {
        const { searchParams: query } = new URL(exchange.record.path, 'http://simulator');
        const own = files.list(exchange.record.tenant);
        const from = own.findIndex(({ id }) => id === query.get('page')) + 1;
        const end = from + Math.min(Number(query.get('limit') ?? 20), MOST_PER_PAGE);
        const data = own.slice(from, end).map(shown);
        const next = end < own.length ? (data.at(-1)?.['id'] ?? null) : null;
        tell(exchange, { data, next_page: next });
      }),
    ),
    route(
      'GET',
      /^\/v1\/files\/([^/]+)$/u,
      withFile((exchange, file) => tell(exchange, shown(file))),
    ),
    route(
      'GET',
      /^\/v1\/files\/([^/]+)\/content$/u,
      withFile((exchange, { data, mediaType }) => {
        exchange.over('complete');
        exchange.send({ status: 200, headers: { 'content-type': mediaType }, body: data });
      }),
    ),
    route(
      'DELETE',
      /^\/v1\/files\/([^/]+)$/u,
      withFile((exchange, { id }) => {
        files.remove(id);
        tell(exchange, { id, type: 'file_deleted' });
      }),
    ),
  ];
}

async function upload(
  exchange: Exchange,
  context: SimulatorContext,
  files: StoredFiles,
): Promise<void> {
  const given = await readRequest(exchange.request, context.maxBodyBytes);
  const denied = checkKey(voice, context, exchange);
  if (denied !== undefined) return refuse(voice, denied, exchange);
  if (!isOpen(exchange)) return failure(exchange, 404, 'not_found_error', 'Not found');
  if (given === undefined) {
    return refuse(voice, { kind: 'too-large', limit: context.maxBodyBytes }, exchange);
  }
  const parts = typeof given === 'string' ? [] : given.form.parts;
  const file = parts.find((part) => part.name === 'file');
  if (file === undefined || !('data' in file)) {
    return failure(exchange, 400, 'invalid_request_error', 'file: Field required');
  }
  const life = parts.find((part) => part.name === 'expires_in_seconds');
  const { fileName: name, mediaType, data } = file;
  const tenant = exchange.record.tenant ?? '';
  const kept = files.add(
    { tenant, name, purpose: '', mediaType: mediaType || 'application/octet-stream', data },
    life !== undefined && 'value' in life ? Number(life.value) * 1000 : undefined,
  );
  return tell(exchange, shown(kept));
}

function isOpen(exchange: Exchange): boolean {
  const { searchParams: query } = new URL(exchange.record.path, 'http://simulator');
  return (
    exchange.header('anthropic-version') !== '2023-06-01' ||
    query.get('beta') === 'true' ||
    BETA.test(exchange.header('anthropic-beta') ?? '')
  );
}

function failure(exchange: Exchange, status: number, type: string, message: string): void {
  const body = { type: 'error', error: { type, message }, request_id: exchange.requestId };
  refuse(voice, { kind: 'refused', answer: { status, body } }, exchange);
}

function shown(file: StoredFile): JsonObject {
  return {
    id: file.id,
    type: 'file',
    filename: file.name,
    mime_type: file.mediaType,
    size_bytes: file.data.length,
    created_at: new Date(file.createdAt).toISOString(),
    expires_at: file.expiresAt === undefined ? null : new Date(file.expiresAt).toISOString(),
    downloadable: true,
  };
}
