import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseDocument } from 'yaml';
import { jsonFault } from '../json/find-json-error.js';
import { configError, issuesText } from './config-error.js';
import type { Config } from './config.js';
import { configSchema } from './schema.js';

/**
 * Reads and checks one config file, by its ending: YAML, JSON, or a module whose default export is the config.
 *
 * @throws {InferwayError} `configuration` that names the file, the path in it and the cure.
 */
export async function readConfigFile(path: string): Promise<Config> {
  const file = basename(path);
  const checked = configSchema.safeParse(await readValue(path, file));
  if (checked.success) return checked.data;
  throw configError(file, `this config cannot be used.\n  ${issuesText(checked.error.issues)}`);
}

async function readValue(path: string, file: string): Promise<unknown> {
  const kind = extname(path);
  if (kind === '.ts' || kind === '.mts' || kind === '.mjs' || kind === '.js') {
    return importDefault(path, file);
  }
  if (kind !== '.yaml' && kind !== '.yml' && kind !== '.json') {
    throw configError(file, 'a config ends in .yaml, .yml, .json, .ts or .mjs.');
  }
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw configError(file, `cannot be read (${(cause as NodeJS.ErrnoException).code}).`, cause);
  }
  return kind === '.json' ? fromJson(text, file) : fromYaml(text, file);
}

function fromJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw configError(file, `is not JSON: ${jsonFault(text)}. Correct the syntax there.`, cause);
  }
}

function fromYaml(text: string, file: string): unknown {
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const place = broken.linePos?.[0];
    const where = place === undefined ? '' : ` at line ${place.line}, column ${place.col}`;
    throw configError(file, `cannot be read${where} (${broken.code}). Correct the syntax there.`);
  }
  return (document.toJS() as unknown) ?? {};
}

async function importDefault(path: string, file: string): Promise<unknown> {
  let loaded: { default?: unknown };
  try {
    loaded = (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw configError(file, `cannot be loaded: ${reason}`, cause);
  }
  if (loaded.default === undefined) {
    throw configError(file, 'has no default export. Write "export default defineConfig({ … })".');
  }
  return loaded.default;
}
