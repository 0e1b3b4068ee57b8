import { isJsonObject, type JsonObject } from '@inferway/core';
import type { Exchange } from '../../http/exchange.js';
import { readBytes } from '../../http/read-body.js';
import { refuse } from '../../serve/serve.js';
import type { Route } from '../protocol.js';
import { addressOf, answer, notFound, page, type Desk } from './desk.js';
import { fileJson } from './file-book.js';
import { problemAnswer, replicateVoice as voice } from './voice.js';
import type { MadeFile } from './work.js';

/** `/v1/files`, and the files that models made. */
export function fileRoutes(desk: Desk): readonly Route[] {
  const { files } = desk;
  return [
    { method: 'POST', path: /^\/v1\/files$/u, handle: (exchange) => upload(desk, exchange) },
    {
      method: 'GET',
      path: /^\/v1\/files$/u,
      handle(exchange) {
        if (!desk.admits(exchange)) return;
        const address = addressOf(exchange);
        answer(exchange, page(files.uploads().map((file) => fileJson(file, address))));
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/files\/([\w-]+)$/u,
      handle(exchange, [id = '']) {
        if (!desk.admits(exchange)) return;
        const file = files.uploaded(id);
        if (file === undefined) notFound(exchange);
        else answer(exchange, fileJson(file, addressOf(exchange)));
      },
    },
    {
      method: 'DELETE',
      path: /^\/v1\/files\/([\w-]+)$/u,
      handle(exchange, [id = '']) {
        if (!desk.admits(exchange)) return;
        if (!files.remove(id)) return notFound(exchange);
        exchange.over('complete');
        exchange.begin(204, {});
        exchange.response.end();
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/files\/([\w-]+)\/download$/u,
      handle(exchange, [id = '']) {
        if (desk.admits(exchange)) give(exchange, files.uploaded(id));
      },
    },
    {
      // Open to everyone who has the URL, as the real ones are.
      method: 'GET',
      path: /^\/delivery\/([\w-]+)\/[\w.-]+$/u,
      handle(exchange, [id = '']) {
        give(exchange, files.delivered(id));
      },
    },
  ];
}

async function upload(desk: Desk, exchange: Exchange): Promise<void> {
  const { maxBodyBytes } = desk.context;
  const bytes = await readBytes(exchange.request, maxBodyBytes);
  if (!desk.admits(exchange)) return;
  if (bytes === undefined) {
    return refuse(voice, { kind: 'too-large', limit: maxBodyBytes }, exchange);
  }
  const form = await readForm(bytes, exchange.header('content-type') ?? '');
  const content = form?.get('content');
  if (!(content instanceof Blob)) {
    const refused = problemAnswer(400, 'Bad request', 'Missing content: send it as a form’s file.');
    return refuse(voice, { kind: 'refused', answer: refused }, exchange);
  }
  const name = form?.get('filename') ?? content.name;
  const type = form?.get('type') ?? content.type;
  const file = desk.files.upload(
    {
      data: new Uint8Array(await content.arrayBuffer()),
      mediaType: String(type === '' ? 'application/octet-stream' : type),
      name: String(name),
    },
    await metadataOf(form?.get('metadata')),
  );
  answer(exchange, fileJson(file, addressOf(exchange)), 201);
}

async function readForm(bytes: Buffer, contentType: string): Promise<FormData | undefined> {
  try {
    const body = new Uint8Array(bytes);
    return await new Response(body, { headers: { 'content-type': contentType } }).formData();
  } catch {
    return undefined;
  }
}

async function metadataOf(field: unknown): Promise<JsonObject> {
  try {
    const parsed: unknown = JSON.parse(field instanceof Blob ? await field.text() : String(field));
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function give(exchange: Exchange, file: MadeFile | undefined): void {
  if (file === undefined) return notFound(exchange);
  exchange.over('complete');
  exchange.send({ status: 200, headers: { 'content-type': file.mediaType }, body: file.data });
}
