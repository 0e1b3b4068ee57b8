import type { Clock, JsonObject } from '@inferway/core';
import { createHash } from 'node:crypto';
import { type MadeFile, WorkError } from './work.js';

const HOUR_MS = 3_600_000;
const UPLOAD_LIFE_MS = 24 * HOUR_MS;

interface KeptFile extends MadeFile {
  readonly id: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly metadata: JsonObject;
}

/** Files that clients upload, kept for a day, and files that models make, kept for an hour. */
export class FileBook {
  readonly #clock: Clock;
  readonly #uploads = new Map<string, KeptFile>();
  readonly #made = new Map<string, KeptFile>();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  upload(file: MadeFile, metadata: JsonObject): KeptFile {
    return this.#keep(this.#uploads, file, UPLOAD_LIFE_MS, metadata);
  }

  /** The path of the made file below `/delivery/`. */
  deliver(file: MadeFile): string {
    return `${this.#keep(this.#made, file, HOUR_MS, {}).id}/${file.name}`;
  }

  uploaded(id: string): KeptFile | undefined {
    return this.#living(this.#uploads, id);
  }

  delivered(id: string): KeptFile | undefined {
    return this.#living(this.#made, id);
  }

  uploads(): readonly KeptFile[] {
    return [...this.#uploads.keys()].flatMap((id) => this.uploaded(id) ?? []).reverse();
  }

  remove(id: string): boolean {
    return this.#uploads.delete(id);
  }

  /** The bytes behind an input: a data URL, or a file of this server's own. Nothing else is fetched. @throws {WorkError} */
  open(url: string): Uint8Array {
    const [head, base64] = /^data:[^,]*?(;base64)?,/u.exec(url) ?? [];
    if (head !== undefined) {
      const data = url.slice(head.length);
      return base64 === undefined
        ? Buffer.from(decodeURIComponent(data))
        : Buffer.from(data, 'base64');
    }
    const [, kind, id = ''] = /\/(files|delivery)\/([\w-]+)/u.exec(url) ?? [];
    if (kind === undefined) return Buffer.from(url);
    const file = kind === 'files' ? this.uploaded(id) : this.delivered(id);
    if (file === undefined) {
      throw new WorkError(`Failed to download the input file: 404 Client Error for url: ${url}`);
    }
    return file.data;
  }

  #keep(
    files: Map<string, KeptFile>,
    file: MadeFile,
    lifeMs: number,
    metadata: JsonObject,
  ): KeptFile {
    const createdAt = this.#clock.wallTime();
    const id = createHash('sha256')
      .update(`file ${++this.#count}`)
      .digest('hex')
      .slice(0, 26);
    const kept = { ...file, id, createdAt, expiresAt: createdAt + lifeMs, metadata };
    files.set(id, kept);
    return kept;
  }

  #living(files: Map<string, KeptFile>, id: string): KeptFile | undefined {
    const file = files.get(id);
    if (file === undefined || file.expiresAt > this.#clock.wallTime()) return file;
    files.delete(id);
    return undefined;
  }
}

/** An uploaded file as the API tells of it. */
export function fileJson(file: KeptFile, address: string): JsonObject {
  return {
    id: file.id,
    name: file.name,
    content_type: file.mediaType,
    size: file.data.length,
    checksums: { sha256: createHash('sha256').update(file.data).digest('hex') },
    metadata: file.metadata,
    created_at: new Date(file.createdAt).toISOString(),
    expires_at: new Date(file.expiresAt).toISOString(),
    urls: { get: `${address}/v1/files/${file.id}` },
  };
}
