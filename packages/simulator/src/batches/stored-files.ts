import type { Clock, JsonObject } from '@inferway/core';

const DAY_MS = 86_400_000;

/** A file as it is kept. */
export interface StoredFile {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly purpose: string;
  readonly mediaType: string;
  readonly data: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
}

/** The files of one protocol's callers, each seen with the key alone that uploaded it. Those of batches live for 30 days. */
export class StoredFiles {
  readonly #clock: Clock;
  readonly #prefix: string;
  readonly #files = new Map<string, StoredFile>();
  #count = 0;

  /** @param prefix Of ids. */
  constructor(clock: Clock, prefix = 'file-sim') {
    this.#clock = clock;
    this.#prefix = prefix;
  }

  add(file: Omit<StoredFile, 'id' | 'createdAt' | 'expiresAt'>, lifeMs?: number): StoredFile {
    const createdAt = this.#clock.wallTime();
    const id = `${this.#prefix}${String(++this.#count).padStart(6, '0')}`;
    const life = lifeMs ?? (file.purpose.startsWith('batch') ? 30 * DAY_MS : undefined);
    const kept = {
      ...file,
      id,
      createdAt,
      expiresAt: life === undefined ? undefined : createdAt + life,
    };
    this.#files.set(id, kept);
    return kept;
  }

  get(id: string, tenant: string | undefined): StoredFile | undefined {
    const file = this.#files.get(id);
    if (file === undefined || file.tenant !== tenant) return undefined;
    if (file.expiresAt === undefined || file.expiresAt > this.#clock.wallTime()) return file;
    this.#files.delete(id);
    return undefined;
  }

  /** The newest first. */
  list(tenant: string | undefined): readonly StoredFile[] {
    return [...this.#files.keys()].reverse().flatMap((id) => this.get(id, tenant) ?? []);
  }

  remove(id: string): void {
    this.#files.delete(id);
  }
}

/** A file as the API tells of it. */
export function fileJson(file: StoredFile): JsonObject {
  return {
    id: file.id,
    object: 'file',
    bytes: file.data.length,
    created_at: Math.floor(file.createdAt / 1000),
    expires_at: file.expiresAt === undefined ? null : Math.floor(file.expiresAt / 1000),
    filename: file.name,
    purpose: file.purpose,
    status: 'processed',
    status_details: null,
  };
}
