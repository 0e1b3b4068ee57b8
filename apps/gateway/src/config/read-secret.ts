import { InferwayError } from '@inferway/core';

/** The variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

// What can stand in an HTTP header: a key with a line end would make the header's writer fail, and quote the key.
const HEADER_SAFE = /^[\x21-\x7e]+$/u;

/**
 * A key from the environment; undefined where the variable is not set or empty.
 *
 * @throws {InferwayError} `configuration` that names the variable and never its value.
 */
export function readSecret(environment: Environment, variable: string): string | undefined {
  const value = environment[variable];
  if (value === undefined || value === '') return undefined;
  if (HEADER_SAFE.test(value)) return value;
  throw new InferwayError('configuration', {
    message: `The environment variable ${variable} holds a space, a line end or another character that no key has. Set it again without it.`,
  });
}

/** As `readSecret`, for a variable that must be set. `where` is the place that asks for it. */
export function requireSecret(environment: Environment, variable: string, where: string): string {
  const value = readSecret(environment, variable);
  if (value !== undefined) return value;
  throw new InferwayError('configuration', {
    message: `${where} asks for the environment variable ${variable}, which is not set. Set it, or take the entry out.`,
  });
}
