import { InferwayError, isJsonObject, type JsonObject } from '@inferway/core';
import type { FileNames } from './file-settings.js';

/** A file that a provider keeps. It is also the `file-id` form of `FileData`: give it where an input takes a file. Times are milliseconds since the epoch. */
export interface ProviderFile {
  readonly type: 'file-id';
  readonly id: string;
  readonly name?: string | undefined;
  /** Its size. */
  readonly bytes?: number | undefined;
  readonly purpose?: string | undefined;
  readonly createdAt?: number | undefined;
  /** When the provider will delete it, where it says so. */
  readonly expiresAt?: number | undefined;
  /** As the provider tells of it. */
  readonly raw: JsonObject;
}

/** Reads `{id, filename, bytes, purpose, created_at, expires_at}`, or as `names` says. @throws {InferwayError} `protocol` without an id. */
export function readProviderFile(
  body: unknown,
  provider: string,
  names: FileNames = {},
): ProviderFile {
  const raw = isJsonObject(body) ? body : {};
  const { id } = raw;
  if (typeof id !== 'string' || id === '') {
    throw new InferwayError('protocol', {
      message: `${provider} answered with a file that has no id. Check the base URL.`,
      provider,
    });
  }
  return {
    type: 'file-id',
    id,
    name: text(raw[names.name ?? 'filename']),
    bytes: count(raw[names.bytes ?? 'bytes']),
    purpose: text(raw.purpose),
    createdAt: seconds(raw.created_at),
    expiresAt: seconds(raw.expires_at),
    raw,
  };
}

/** A time in seconds since the epoch, or as ISO 8601, in milliseconds. */
export function seconds(value: unknown): number | undefined {
  if (typeof value === 'string') {
    const parsed = Date.parse(value);
    return Number.isNaN(parsed) ? undefined : parsed;
  }
  return typeof value === 'number' && value > 0 ? value * 1000 : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}
