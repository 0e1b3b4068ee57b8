import { InferwayError } from '@inferway/core';

/**
 * What a setting chose by name.
 *
 * @param setting The option's name, for the message.
 * @throws {InferwayError} `configuration` that names the choices.
 */
export function pick<T>(choices: Readonly<Record<string, T>>, name: string, setting: string): T {
  const chosen = Object.hasOwn(choices, name) ? choices[name] : undefined;
  if (chosen !== undefined) return chosen;
  throw new InferwayError('configuration', {
    message: `${setting} is ${JSON.stringify(name)}. Give one of ${Object.keys(choices).join(', ')}, or leave it out.`,
    param: setting,
    sent: 'no',
  });
}
