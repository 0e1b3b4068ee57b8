import { InferwayError, type ErrorCode } from '@inferway/core';

type Told = readonly [code: ErrorCode, what: string];

// By SQLSTATE, the longest prefix first.
const FAILURES: readonly (readonly [prefix: string, told: Told])[] = [
  [
    '57014',
    [
      'timeout',
      'took too long over a statement. See what the server is busy with, or raise timeoutMs',
    ],
  ],
  ['57P', ['connection', 'is shutting down or starting']],
  ['08', ['connection', 'lost the connection']],
  [
    '53300',
    ['overloaded', 'has no connection left. Raise max_connections there, or lower maxConnections'],
  ],
  ['53100', ['overloaded', 'has no room on its disk']],
  ['53', ['overloaded', 'has no resources left']],
  ['55P03', ['timeout', 'could not get a lock in time']],
  ['40', ['conflict', 'ended the transaction for the sake of another one']],
  ['25006', ['server', 'is read-only, as a replica is. Give the address of the primary']],
  ['28', ['configuration', 'refused the user or the password']],
  ['3D000', ['configuration', 'has no such database. Make it, or correct the url']],
  [
    '42501',
    [
      'configuration',
      'does not let this user do that. Give the user the right to use, and for migrations to make, the schema',
    ],
  ],
  [
    '42P01',
    [
      'configuration',
      'has no tables of a ledger in this schema. Call migrate(), or leave migrations at "auto"',
    ],
  ],
  ['3F000', ['configuration', 'has no such schema. Call migrate(), or leave migrations at "auto"']],
  ['22', ['invalid_request', 'refused a value']],
  ['54', ['invalid_request', 'refused a value that is too long']],
];

interface Failure {
  readonly code?: unknown;
  readonly message?: unknown;
}

/**
 * What Postgres or the way to it failed with, as the error that callers switch on. What a driver says of a connection can hold the address
 * it was given: only codes are told, and the driver's own error only where the server sent it.
 */
export function postgresError(reason: unknown): InferwayError {
  if (InferwayError.is(reason)) return reason;
  const { code, message } = (reason ?? {}) as Failure;
  const text = typeof message === 'string' ? message : '';
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/u.test(code) && !code.startsWith('E')) {
    const told = FAILURES.find(([prefix]) => code.startsWith(prefix))?.[1];
    const [kind, what] = told ?? (['server', 'failed'] as const);
    return made(kind, `Postgres ${what} (SQLSTATE ${code}).`, reason);
  }
  if (/timeout|timed out/iu.test(text)) {
    return made(
      'timeout',
      'Postgres did not answer in time. Nothing says whether it did what was asked.',
    );
  }
  const word = typeof code === 'string' ? ` (${code})` : '';
  if (code === 'ENOTFOUND') {
    return made('configuration', `The host of Postgres is not known${word}. Correct the url.`);
  }
  return made('connection', `Postgres cannot be reached, or the connection broke${word}.`);
}

function made(code: ErrorCode, message: string, cause?: unknown): InferwayError {
  return new InferwayError(code, { message, cause });
}
