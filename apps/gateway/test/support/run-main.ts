import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { HOSTED_PROFILES } from '../../src/start/hosted-profiles.js';
import { LOCAL_ENGINES } from '../../src/start/local-engines.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A gateway in a process of its own, as a user starts it. */
export interface MainProcess {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly out: () => string;
  readonly complaints: () => string;
  /** Settles once it says that it is ready, with the address; rejects if it ends before. */
  ready(): Promise<string>;
  /** Settles when it has ended, with its exit code. */
  ended(): Promise<number | null>;
  /** The folder that it runs in, with no config in it. */
  readonly folder: string;
}

const ELSEWHERE = [
  ...[...LOCAL_ENGINES, ...HOSTED_PROFILES].map(({ name }) => name),
  'openai',
  'anthropic',
  'hf',
];
const NOWHERE = 'http://127.0.0.1:9/v1';

/** Starts `dist/main.js` with nothing in its environment but what is given, in an empty folder, on a free port. */
export async function runMain(
  environment: Record<string, string> = {},
  args: readonly string[] = [],
  prepare: (folder: string) => Promise<void> = async () => {},
): Promise<MainProcess> {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing. Build first: npx -y pnpm@12 build`);
  const folder = await mkdtemp(join(tmpdir(), 'inferway-main-'));
  await prepare(folder);
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: {
      HOME: folder,
      PORT: '0',
      // Neither what runs on this machine nor what the world serves is a part of a test.
      ...Object.fromEntries(ELSEWHERE.map((name) => [`${name.toUpperCase()}_BASE_URL`, NOWHERE])),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let complaints = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  return {
    child,
    folder,
    out: () => out,
    complaints: () => complaints,
    ended: () => ended,
    ready: () =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const url = /is ready at (\S+)/u.exec(out)?.[1];
          if (url !== undefined) resolve(url);
        };
        child.stdout.on('data', look);
        look();
        void ended.then((code) => reject(new Error(`It ended with ${code}: ${complaints}`)));
      }),
  };
}

/** The key that it printed. */
export function printedKey(main: MainProcess): string {
  return /^ {2}Key +(\S+)/mu.exec(main.out())?.[1] ?? '';
}
