import {
  fileBytes,
  InferwayError,
  isJsonObject,
  readFile,
  UNKNOWN_MEDIA_TYPE,
  type Credential,
  type FileBytes,
  type FileData,
  type FileInput,
  type JsonObject,
} from '@inferway/core';
import { MultipartBody } from '@inferway/wire';
import type { Connection } from '../provider/connection.js';
import { encodeModelId } from '../provider/request-path.js';
import type { Session } from '../provider/session.js';
import type { FileSettings, NextPage } from './file-settings.js';
import { readProviderFile, type ProviderFile } from './provider-file.js';

/** A listing has no more pages; one that goes in circles ends here. */
const MOST_PAGES = 1000;
/** Calls for files have no chain around them that would end them. */
const ASK_MS = 60_000;
const MOVE_MS = 15 * 60_000;

export interface FileCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default: the provider's own key. */
  readonly credential?: Credential | undefined;
}

export interface UploadOptions extends FileCallOptions {
  /** What the provider is to use it for: `batch`, `user_data`, `vision` … in its own words. Left out for providers that ask for none. */
  readonly purpose?: string | undefined;
  /** As the provider shows it; some tell the format by its ending. Default: the file's own name. */
  readonly name?: string | undefined;
}

export interface FileListOptions extends FileCallOptions {
  /** Only files of this purpose. */
  readonly purpose?: string | undefined;
}

/** The files that a provider keeps for a key. All errors are typed and name the provider; an unknown or expired file is `not_found`. */
export interface ProviderFiles {
  /** @throws {InferwayError} `invalid_request` for a URL or an id: what is not here cannot be uploaded. */
  upload(file: FileInput, options?: UploadOptions): Promise<ProviderFile>;
  /** Page by page, as it is read. */
  list(options?: FileListOptions): AsyncIterable<ProviderFile>;
  get(id: string, options?: FileCallOptions): Promise<ProviderFile>;
  content(id: string, options?: FileCallOptions): Promise<FileBytes>;
  delete(id: string, options?: FileCallOptions): Promise<void>;
}

/** Files as OpenAI has them (`/files`), and those who follow it. */
export function providerFiles(connection: Connection, settings: FileSettings = {}): ProviderFiles {
  const { path = 'files', headers } = settings;
  const read = (body: unknown): ProviderFile =>
    readProviderFile(body, connection.identity.name, settings.names);
  const within = async <T>(
    ms: number,
    options: FileCallOptions,
    ask: (session: Session) => Promise<T>,
  ): Promise<T> => {
    const limit = AbortSignal.timeout(ms);
    const signal = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
    return asking(connection, { ...options, signal }, ask);
  };
  return {
    async upload(file, options = {}) {
      const data = await readFile(file, 'file', options.signal);
      return within(MOVE_MS, options, (session) => uploadFile(session, data, options, settings));
    },
    async *list(options = {}) {
      const { purpose } = options;
      let query = new URLSearchParams(purpose === undefined ? {} : { purpose });
      for (let page = 0; page < MOST_PAGES; page++) {
        const asked = query.size === 0 ? path : `${path}?${query.toString()}`;
        const body = await within(ASK_MS, options, (session) =>
          session.json({ path: asked, headers }),
        );
        const listing = isJsonObject(body) ? body : {};
        const entries = listing[settings.listField ?? 'data'];
        const files = (Array.isArray(entries) ? entries : []).map(read);
        yield* files.filter((file) => purpose === undefined || file.purpose === purpose);
        const next = pageAfter(listing, files.at(-1)?.id, settings.nextPage);
        if (next === undefined) return;
        query = new URLSearchParams({ ...(purpose === undefined ? {} : { purpose }), ...next });
      }
    },
    get: (id, options = {}) =>
      within(ASK_MS, options, async (session) =>
        read(await session.json({ path: pathOf(path, id), headers })),
      ),
    content: (id, options = {}) =>
      within(MOVE_MS, options, async (session) => {
        const { data, mediaType } = await session.bytes(contentOf(settings, id));
        return { type: 'bytes', data, mediaType } satisfies FileBytes;
      }),
    delete: (id, options = {}) =>
      within(ASK_MS, options, async (session) => {
        const response = await session.exchange({
          method: 'DELETE',
          path: pathOf(path, id),
          headers,
        });
        // `{deleted: true}` or nothing; what else it says is of no use.
        await response.text();
      }),
  };
}

/** One upload of a file that is held here. @throws {InferwayError} `invalid_request` for a URL or an id. */
export async function uploadFile(
  session: Session,
  data: FileData,
  options: Pick<UploadOptions, 'name' | 'purpose'>,
  settings: FileSettings = {},
): Promise<ProviderFile> {
  const name = options.name ?? ('name' in data ? data.name : undefined) ?? 'file';
  const mediaType = 'mediaType' in data ? (data.mediaType ?? UNKNOWN_MEDIA_TYPE) : '';
  const { purpose } = options;
  const fields = {
    ...(purpose === undefined ? {} : { purpose }),
    ...settings.uploadFields?.(name),
  };
  const body = new MultipartBody([
    ...Object.entries(fields).map(([field, value]) => ({ name: field, value })),
    { name: settings.fileField ?? 'file', fileName: name, mediaType, data: fileBytes(data) },
  ]);
  const path = settings.uploadPath ?? settings.path ?? 'files';
  const uploaded = await session.json({ path, body, headers: settings.headers });
  return readProviderFile(uploaded, session.provider, settings.names);
}

const AFTER_LAST: readonly NextPage[] = [{ parameter: 'after' }];

/** What asks for the page behind this one; undefined where it was the last. */
function pageAfter(
  listing: JsonObject,
  last: string | undefined,
  ways: readonly NextPage[] = AFTER_LAST,
): Readonly<Record<string, string>> | undefined {
  for (const { parameter, field } of ways) {
    const told = field === undefined ? listing.has_more === true && last : listing[field];
    if (typeof told !== 'string' || told === '') continue;
    // Of a URL only the cursor is taken: the address is the one that we were given.
    const value = URL.canParse(told) ? new URL(told).searchParams.get(parameter) : told;
    if (value !== null) return { [parameter]: value };
  }
  return undefined;
}

/** How the content of a file is asked for. */
export function contentOf(
  { path = 'files', content = '/content', headers }: FileSettings,
  id: string,
): { readonly path: string; readonly headers: Readonly<Record<string, string>> } {
  const behind = typeof content === 'string' ? content : content(id);
  return {
    path: pathOf(path, id) + behind,
    headers: { ...headers, accept: 'application/binary, */*' },
  };
}

function pathOf(path: string, id: string): string {
  if (typeof id !== 'string' || id === '' || id.includes('/')) {
    throw new InferwayError('invalid_request', {
      message: 'This is no id of a file. Give the id that the upload gave, such as "file-…".',
      param: 'id',
      sent: 'no',
    });
  }
  return `${path}/${encodeModelId(id)}`;
}

/** Gives errors the provider's name, and says what to do about a file that is not there. */
export async function asking<T>(
  connection: Connection,
  options: { readonly signal: AbortSignal; readonly credential?: Credential | undefined },
  ask: (session: Session) => Promise<T>,
): Promise<T> {
  try {
    return await ask(connection.session(options));
  } catch (reason) {
    throw missingFile(InferwayError.from(reason), connection.identity.name);
  }
}

/** A `not_found` of a file, with the cure; every other error as it is, with the provider's name. */
export function missingFile(error: InferwayError, provider: string): InferwayError {
  error.provider ??= provider;
  if (error.code !== 'not_found') return error;
  const { status, providerCode, requestId, body } = error;
  return new InferwayError('not_found', {
    message: `${error.message} The file does not exist for this key, or has expired: upload it again, and mind the time for which ${provider} keeps files.`,
    provider,
    status,
    providerCode,
    requestId,
    body,
    fallbackable: false,
    cause: error,
  });
}
