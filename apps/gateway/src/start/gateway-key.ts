import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { InferwayError } from '@inferway/core';
import { readSecret, type Environment } from '../config/read-secret.js';

/** The key that callers present, and where it comes from. */
export interface GatewayKey {
  readonly secret: string;
  readonly from: 'environment' | 'made' | 'kept';
  /** The file that keeps it. */
  readonly file?: string;
}

const RANDOM_BYTES = 24; // 192 bits
const SHORTEST = 16;

/**
 * The key in `INFERWAY_KEY`, else the one made on an earlier start, else a new one that is kept for later starts, readable by its owner alone.
 *
 * @throws {InferwayError} `configuration` for a key that is too short or cannot travel in a header, or for a folder that cannot be written.
 */
export async function gatewayKey(environment: Environment): Promise<GatewayKey> {
  const given = readSecret(environment, 'INFERWAY_KEY');
  if (given !== undefined) {
    if (given.length >= SHORTEST) return { secret: given, from: 'environment' };
    throw new InferwayError('configuration', {
      message: `INFERWAY_KEY is shorter than ${SHORTEST} characters and could be guessed. Set a longer one, or unset it to have one made.`,
    });
  }
  const file = join(stateFolder(environment), 'gateway-key');
  const kept = await keptKey(file);
  if (kept !== undefined) return { secret: kept, from: 'kept', file };
  const secret = `iw_${randomBytes(RANDOM_BYTES).toString('base64url')}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    // `wx`: of two gateways that start at once, one makes the key and the other reads it.
    await writeFile(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const other = code === 'EEXIST' ? await keptKey(file) : undefined;
    if (other !== undefined) return { secret: other, from: 'kept', file };
    throw new InferwayError('configuration', {
      message: `The gateway's key cannot be kept in ${file} (${code ?? 'unknown failure'}). Make the folder writable, set XDG_STATE_HOME, or give a key in INFERWAY_KEY.`,
      cause,
    });
  }
  return { secret, from: 'made', file };
}

async function keptKey(file: string): Promise<string | undefined> {
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new InferwayError('configuration', {
      message: `The gateway's key file ${file} cannot be read. Correct its rights, or give a key in INFERWAY_KEY.`,
      cause,
    });
  }
  if (!/^[\x21-\x7e]{16,}$/u.test(text)) {
    throw new InferwayError('configuration', {
      message: `The gateway's key file ${file} holds no key. Delete it, and a new one is made.`,
    });
  }
  await chmod(file, 0o600);
  return text;
}

function stateFolder(environment: Environment): string {
  const given = environment['XDG_STATE_HOME'];
  // The base directory specification: a relative path there is to be ignored.
  const base =
    given !== undefined && isAbsolute(given)
      ? given
      : join(environment['HOME'] ?? homedir(), '.local', 'state');
  return join(base, 'inferway');
}
