import { isJsonObject, type JsonObject } from '@inferway/core';
import type { FormPart } from '@inferway/wire';
import type { Exchange } from '../../http/exchange.js';
import { readRequest } from '../../http/read-request.js';
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
  // What says that it is a form and is none has no file either.
  const read = await readRequest(exchange.request, maxBodyBytes).catch(() => '');
  if (!desk.admits(exchange)) return;
  if (read === undefined) {
    return refuse(voice, { kind: 'too-large', limit: maxBodyBytes }, exchange);
  }
  const parts = typeof read === 'string' ? [] : read.form.parts;
  const content = parts.find(({ name }) => name === 'content');
  if (content === undefined || !('data' in content)) {
    const refused = problemAnswer(400, 'Bad request', 'Missing content: send it as a form’s file.');
    return refuse(voice, { kind: 'refused', answer: refused }, exchange);
  }
  const { data, fileName } = content;
  const mediaType = textOf(parts, 'type') ?? content.mediaType;
  const file = desk.files.upload(
    {
      data,
      mediaType: mediaType === '' ? 'application/octet-stream' : mediaType,
      name: textOf(parts, 'filename') ?? fileName,
    },
    metadataOf(textOf(parts, 'metadata')),
  );
  answer(exchange, fileJson(file, addressOf(exchange)), 201);
}

/** A field, or a small file in its place: clients send metadata as one. */
function textOf(parts: readonly FormPart[], name: string): string | undefined {
  const part = parts.find((one) => one.name === name);
  if (part === undefined) return undefined;
  return 'data' in part ? new TextDecoder().decode(part.data) : part.value;
}

function metadataOf(text: string | undefined): JsonObject {
  try {
    const parsed: unknown = JSON.parse(text ?? '{}');
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
