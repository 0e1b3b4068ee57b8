import { connect } from 'node:net';
import { defaultRunner, type Runner } from '../runner.js';

export interface Service {
  /** As people call it: `Redis`. */
  readonly name: string;
  /** The environment variable that says where it is. */
  readonly variable: string;
  /** Where it is looked for without the variable. */
  readonly url: string;
  /** Default: global `describe` and `it`, else `node:test`. */
  readonly runner?: Runner | undefined;
}

const LONGEST_MS = 1000;

/**
 * Registers tests that need a real server. Where nothing listens one test says so by its name in their place, and the reason is printed; with
 * `CI=true` it fails, so that no pipeline passes by having tested nothing.
 *
 * ```ts
 * await withService({ name: 'Redis', variable: 'REDIS_URL', url: 'redis://127.0.0.1:6379' }, (url) => testStore({ … }));
 * ```
 */
export async function withService(service: Service, body: (url: string) => void): Promise<void> {
  const { name, variable } = service;
  const url = process.env[variable] ?? service.url;
  const problem = await unreachable(url);
  if (problem === undefined) {
    body(url);
    return;
  }
  // Host and port only: the URL may hold a password.
  const reason = `${name} is not there (${problem}); ${variable} says where it is. Its tests do not run.`;
  const { it } = service.runner ?? defaultRunner();
  it(`not tested: ${reason}`, async () => {
    if (process.env['CI'] === 'true') throw new Error(reason);
    process.stderr.write(`${reason}\n`);
  });
}

/** Why nothing can be reached there; undefined where something listens. */
function unreachable(url: string): Promise<string | undefined> {
  if (!URL.canParse(url)) return Promise.resolve('its URL cannot be read');
  const { hostname, port, protocol } = new URL(url);
  const usual = protocol.startsWith('redis') ? 6379 : 5432;
  const address = { host: hostname, port: port === '' ? usual : Number(port) };
  const socket = connect({ ...address, timeout: LONGEST_MS });
  return new Promise<string | undefined>((resolve) => {
    const fail = (why: string): void => resolve(`${address.host}:${address.port} ${why}`);
    socket.once('connect', () => resolve(undefined));
    socket.once('timeout', () => fail('does not answer'));
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name));
  }).finally(() => socket.destroy());
}
