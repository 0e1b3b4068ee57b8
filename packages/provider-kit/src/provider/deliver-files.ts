import type { FileData, Operation, ResultOf } from '@inferway/core';
import type { ClientFormat, WireBody } from '@inferway/wire';
import { fetchFile } from './fetch-file.js';
import type { ProviderCall } from './provider-call.js';

/** The result with the bytes of what came as URLs, where `delivery: 'bytes'` asks for them, or a stream, whose reader wants the content now. */
export async function deliverFiles<K extends Operation>(
  format: ClientFormat<K, object, WireBody>,
  attempt: ProviderCall,
  result: ResultOf<K>,
): Promise<ResultOf<K>> {
  const { delivery } = attempt.request as { readonly delivery?: unknown };
  const mapFiles = format.traits?.mapFiles;
  if (mapFiles === undefined || delivery === 'url') return result;
  if (delivery !== 'bytes' && !attempt.stream) return result;
  const change = async (file: FileData): Promise<FileData> =>
    file.type === 'url' ? fetchFile(attempt.sideSession(), file.url) : file;
  return mapFiles(result, change);
}
