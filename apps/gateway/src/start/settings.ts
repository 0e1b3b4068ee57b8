import { parseArgs } from 'node:util';
import { InferwayError } from '@inferway/core';
import type { Config } from '../config/config.js';
import type { Environment } from '../config/read-secret.js';

/** What was written behind the command. */
export interface CommandLine {
  readonly help: boolean;
  readonly config: string | undefined;
  readonly port: string | undefined;
  readonly host: string | undefined;
}

export const HELP = `Usage: inferway-gateway [--config <file>] [--host <address>] [--port <number>]

  --config, -c   Config file (INFERWAY_CONFIG). Default: inferway.config.{yaml,yml,json,ts,mjs} in this folder, if there is one.
  --host         Address to listen on (HOST). Default: 127.0.0.1.
  --port, -p     Port to listen on, 0 for any free one (PORT). Default: 8787.
  --help, -h     This text.

Every provider whose usual key is in the environment is served: OPENAI_API_KEY, ANTHROPIC_API_KEY, HF_TOKEN, GROQ_API_KEY …
`;

/** @throws {InferwayError} `configuration` for an argument that is not known. */
export function readCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string', short: 'c' },
        port: { type: 'string', short: 'p' },
        host: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return { help: values.help, config: values.config, port: values.port, host: values.host };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InferwayError('configuration', { message: `${reason} See --help.`, cause });
  }
}

/** Where to listen. The command line comes first, then the environment, then the config file. */
export function readAddress(
  line: CommandLine,
  environment: Environment,
  config: Config,
): { readonly host: string; readonly port: number } {
  const host = line.host || environment['HOST'] || config.host || '127.0.0.1';
  const written = line.port || environment['PORT'];
  if (!written) return { host, port: config.port ?? 8787 };
  const port = Number(written);
  if (/^\d+$/u.test(written) && port <= 65_535) return { host, port };
  throw new InferwayError('configuration', {
    message: `${line.port ? '--port' : 'PORT'} is ${JSON.stringify(written)}. Give a number from 0 to 65535.`,
  });
}
