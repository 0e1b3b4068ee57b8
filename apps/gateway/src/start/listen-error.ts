import { InferwayError } from '@inferway/core';

/** Why an address cannot be listened on, in one line with the cure. */
export function listenError(reason: unknown, host: string, port: number): InferwayError {
  const { code } = reason as NodeJS.ErrnoException;
  const where = `${host}:${port}`;
  const why = new Map([
    [
      'EADDRINUSE',
      `${where} is in use. Stop what listens there, or choose another port with PORT=${port + 1}.`,
    ],
    ['EACCES', `Listening on ${where} is not allowed. Choose a port of 1024 or more with PORT.`],
    ['EADDRNOTAVAIL', `This machine has no address ${host}. Correct HOST.`],
    ['ENOTFOUND', `The address ${host} is not known. Correct HOST.`],
  ]).get(code ?? '');
  return new InferwayError('configuration', {
    message: why ?? `Cannot listen on ${where} (${code ?? 'unknown failure'}).`,
    cause: reason,
  });
}
