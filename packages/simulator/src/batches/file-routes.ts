import type { MultipartBody } from '@inferway/wire';
import type { Exchange } from '../http/exchange.js';
import { readRequest } from '../http/read-request.js';
import type { Route } from '../protocols/protocol.js';
import { checkKey } from '../serve/check-key.js';
import type { SimulatorContext } from '../serve/context.js';
import { refuse } from '../serve/serve.js';
import type { BatchProfile } from './batch-profile.js';
import { failure, keyedRoute, noSuch, page, refuseWith, tell } from './exchanges.js';
import { fileJson, type StoredFile, type StoredFiles } from './stored-files.js';

/** `/files` and what is beneath it. */
export function fileRoutes(
  context: SimulatorContext,
  profile: BatchProfile,
  files: StoredFiles,
): readonly Route[] {
  const { voice, prefix, uploadPath = '/files' } = profile;
  const one = `^${prefix}/files/([^/]+)`;
  const withFile =
    (handle: (exchange: Exchange, file: StoredFile) => void) =>
    (exchange: Exchange, id: string): void => {
      const file = files.get(id, exchange.record.tenant);
      if (file === undefined) return refuseWith(voice, exchange, noSuch('File', id));
      return handle(exchange, file);
    };
  const route = (
    method: Route['method'],
    path: string,
    handle: (exchange: Exchange, id: string) => void,
  ): Route => keyedRoute(voice, context, method, new RegExp(`${path}$`, 'u'), handle);
  return [
    {
      method: 'POST',
      path: new RegExp(`^${prefix}${uploadPath}$`, 'u'),
      handle: (exchange) => upload(exchange, context, profile, files),
    },
    route('GET', `^${prefix}/files`, (exchange) => {
      const purpose = new URL(exchange.record.path, 'http://simulator').searchParams.get('purpose');
      const own = files.list(exchange.record.tenant);
      const wanted = own.filter((file) => purpose === null || file.purpose === purpose);
      tell(exchange, page(wanted.map(fileJson), exchange));
    }),
    route(
      'GET',
      one,
      withFile((exchange, file) => tell(exchange, fileJson(file))),
    ),
    route(
      'GET',
      `${one}/content`,
      withFile((exchange, { data, mediaType }) => {
        exchange.over('complete');
        exchange.send({ status: 200, headers: { 'content-type': mediaType }, body: data });
      }),
    ),
    route(
      'DELETE',
      one,
      withFile((exchange, { id }) => {
        files.remove(id);
        tell(exchange, { id, object: 'file', deleted: true });
      }),
    ),
  ];
}

async function upload(
  exchange: Exchange,
  context: SimulatorContext,
  { voice }: BatchProfile,
  files: StoredFiles,
): Promise<void> {
  const given = await readRequest(exchange.request, context.maxBodyBytes);
  const denied = checkKey(voice, context, exchange);
  if (denied !== undefined) return refuse(voice, denied, exchange);
  if (given === undefined) {
    return refuse(voice, { kind: 'too-large', limit: context.maxBodyBytes }, exchange);
  }
  const parts = typeof given === 'string' ? [] : given.form.parts;
  const file = parts.find((part) => part.name === 'file');
  const purpose = field(parts, 'purpose');
  if (file === undefined || !('data' in file)) {
    return refuseWith(voice, exchange, failure(400, "'file' is a required property", 'file'));
  }
  if (purpose === undefined) {
    return refuseWith(voice, exchange, failure(400, "'purpose' is a required property", 'purpose'));
  }
  const seconds = field(parts, 'expires_after[seconds]');
  const kept = files.add(
    {
      tenant: exchange.record.tenant ?? '',
      name: field(parts, 'file_name') ?? file.fileName,
      purpose,
      mediaType: 'application/octet-stream',
      data: file.data,
    },
    seconds === undefined ? undefined : Number(seconds) * 1000,
  );
  tell(exchange, fileJson(kept));
}

function field(parts: MultipartBody['parts'], name: string): string | undefined {
  const part = parts.find((one) => one.name === name);
  return part !== undefined && 'value' in part ? part.value : undefined;
}
