import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { raw } from './server.js';

/** The server's program on this machine: `redis-server` or `valkey-server`; undefined where there is none. */
export const SERVER_PROGRAM: string | undefined = ['redis-server', 'valkey-server'].find(
  (program) => spawnSync(program, ['--version']).status === 0,
);

/** A server of the test's own, without data, which may be stopped as roughly as wanted. */
export interface OwnServer {
  readonly url: string;
  readonly port: number;
  /** `SIGSTOP` freezes it, `SIGCONT` lets it go on, `SIGKILL` ends it. */
  signal(name: NodeJS.Signals): Promise<void>;
  /** Starts it again, empty. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function ownServer(...settings: readonly string[]): Promise<OwnServer> {
  const port = await freePort();
  const password = settings[settings.indexOf('--requirepass') + 1];
  const url = settings.includes('--requirepass')
    ? `redis://:${password}@127.0.0.1:${port}`
    : `redis://127.0.0.1:${port}`;
  // A replica writes what it is sent to a file, which a server that starts there would read.
  let folder: string | undefined;
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    folder = await mkdtemp(join(tmpdir(), 'inferway-redis-'));
    child = spawn(
      SERVER_PROGRAM ?? 'redis-server',
      [...args, '--dir', folder, '--repl-diskless-sync-delay', '0', ...settings],
      { stdio: 'ignore' },
    );
    for (let tries = 0; ; tries++) {
      try {
        await raw(url, (send) => send('PING'));
        return;
      } catch (reason) {
        if (tries === 200) throw reason;
        await new Promise((resolve) => {
          setTimeout(resolve, 20);
        });
      }
    }
  };
  const end = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  await start();
  return {
    url,
    port,
    async signal(name) {
      if (name === 'SIGKILL') await end();
      else child.kill(name);
    },
    restart: start,
    stop: end,
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
