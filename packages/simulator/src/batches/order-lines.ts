import { isJsonObject, type JsonObject } from '@inferway/core';
import type { BatchProfile } from './batch-profile.js';
import type { OrderLine } from './order-line.js';

export interface ReadLines {
  readonly lines: readonly OrderLine[];
  /** In the words of `errors.data`. */
  readonly problems: readonly JsonObject[];
}

const MOST_LINES = 50_000;

/** Reads the file of an order, as strictly as the providers do: one model, one endpoint, every id once. */
export function readOrderLines(
  data: Uint8Array,
  endpoint: string,
  profile: BatchProfile,
): ReadLines {
  const texts = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    .toString('utf8')
    .split('\n')
    .filter((text) => text.trim() !== '');
  const problems: JsonObject[] = [];
  const problem = (code: string, message: string, line: number | null, param?: string): void => {
    problems.push({ code, message, line, param: param ?? null });
  };
  if (texts.length === 0) problem('empty_file', 'The input file is empty.', null);
  if (texts.length > MOST_LINES) {
    problem('too_many_tasks', `The input file has more than ${MOST_LINES} requests.`, null);
  }
  const ids = new Set<string>();
  let model: unknown;
  const lines = texts.flatMap((text, index): OrderLine[] => {
    const number = index + 1;
    const line = parsed(text);
    if (!isJsonObject(line)) {
      problem('invalid_json_line', 'This line is not parseable as valid JSON.', number);
      return [];
    }
    const { custom_id: id, method, url, body } = line;
    if (typeof id !== 'string') {
      problem(
        'missing_required_parameter',
        'Missing required parameter: custom_id.',
        number,
        'custom_id',
      );
      return [];
    }
    if (ids.has(id)) {
      problem('duplicate_custom_id', `The custom_id '${id}' is a duplicate.`, number, 'custom_id');
    }
    ids.add(id);
    if (profile.lineNamesRoute !== false && (method !== 'POST' || url !== endpoint)) {
      problem(
        'mismatched_endpoint',
        `The provided url '${String(url)}' does not match the batch endpoint.`,
        number,
        'url',
      );
    }
    if (!isJsonObject(body)) {
      problem('missing_required_parameter', 'Missing required parameter: body.', number, 'body');
      return [];
    }
    model ??= body['model'];
    if (body['model'] !== model) {
      problem(
        'mismatched_model',
        'All requests of a batch must be for one model.',
        number,
        'body.model',
      );
    }
    return [{ id, body }];
  });
  return { lines, problems };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
