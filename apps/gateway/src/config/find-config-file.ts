import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InferwayError } from '@inferway/core';

const NAMES = ['yaml', 'yml', 'json', 'ts', 'mjs'].map((kind) => `inferway.config.${kind}`);

/**
 * The config file to use: the one that was named, else the one of the usual names that is in `directory`, else none.
 *
 * @throws {InferwayError} `configuration` where the named one is missing, or two have a usual name.
 */
export function findConfigFile(directory: string, named: string | undefined): string | undefined {
  if (named !== undefined && named !== '') {
    const path = resolve(directory, named);
    if (existsSync(path)) return path;
    throw new InferwayError('configuration', {
      message: `The config file ${path} does not exist. Correct --config or INFERWAY_CONFIG.`,
    });
  }
  const found = NAMES.filter((name) => existsSync(join(directory, name)));
  if (found.length > 1) {
    throw new InferwayError('configuration', {
      message: `There are ${found.join(' and ')} in ${directory}. Keep one, or name the one to use with --config.`,
    });
  }
  return found[0] === undefined ? undefined : join(directory, found[0]);
}
