import { InferwayError, type ProviderBase } from '@inferway/core';

/**
 * What `make` makes of one setting. What core refuses is refused with its path in the config in front.
 *
 * @throws {InferwayError} `configuration`
 */
export function inConfig<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (reason) {
    if (!InferwayError.is(reason) || reason.code !== 'configuration') throw reason;
    const { param } = reason;
    throw new InferwayError('configuration', {
      message: `${placeOf(path, param)}: ${reason.message}`,
      param: path,
      cause: reason,
    });
  }
}

// What core calls by another name than the config, or the path names already.
function placeOf(path: string, param = ''): string {
  const known = path.toLowerCase().endsWith(param.toLowerCase()) || /[.[]targets\b/u.test(path);
  if (known) return path;
  if (path.startsWith('keys')) return `${path}${param.replace(/^rules\[\d+\]/u, '')}`;
  return `${path}.${param.replace(/^budgets\b/u, 'rules')}`;
}

/** Options of a layer that may be switched on with `true`; undefined where it is off. */
export function switchedOn<T extends object>(
  setting: boolean | T | undefined,
): T | Record<never, never> | undefined {
  if (setting === undefined || setting === false) return undefined;
  return setting === true ? {} : setting;
}

/** @throws {InferwayError} `configuration` for a provider that is not there. */
export function refuseProviders(names: readonly string[], there: readonly ProviderBase[]): void {
  const missing = names.find((name) => !there.some((provider) => provider.name === name));
  if (missing === undefined) return;
  throw new InferwayError('configuration', {
    message: `There is no provider ${JSON.stringify(missing)}. Set its key, add it under "providers", or use one of ${there.map(({ name }) => name).join(', ')}.`,
  });
}
