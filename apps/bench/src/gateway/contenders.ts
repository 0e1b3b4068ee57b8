import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRoleUnder, stopProcess } from '../child.js';
import { packageFolder } from '../package-folder.js';
import type { Target } from './load.js';

/** A gateway under load. */
export interface Contender {
  readonly name: string;
  readonly pid: number;
  /** How to ask it for a model of the upstream. */
  target(model: string): Target;
  stop(): Promise<void>;
}

const KEY = 'bench-key-0123456789abcdef0123456789abcdef';

/** The bare proxy; see `pass-through.ts`. */
export async function startPassThrough(
  upstream: string,
  json: boolean,
  execArgv: readonly string[] = [],
): Promise<Contender> {
  const role = await startRoleUnder<string>(execArgv, 'pass-through', upstream, String(json));
  return {
    name: json ? 'pass-through with JSON' : 'pass-through',
    pid: role.process.pid ?? 0,
    target: (model) => ({ url: `${role.first}/v1/chat/completions`, headers: {}, model }),
    stop: () => role.stop(),
  };
}

/** Our gateway as users start it, or with every optional part of the chain switched off. */
export async function startInferway(
  upstream: string,
  chain: 'on' | 'off',
  execArgv: readonly string[] = [],
): Promise<Contender> {
  const port = await freePort();
  const state = mkdtempSync(join(tmpdir(), 'inferway-bench-'));
  const config = join(state, 'inferway.config.json');
  writeFileSync(config, JSON.stringify(gatewayConfig(upstream, chain)));
  const program = join(packageFolder('@inferway/gateway'), 'dist', 'main.js');
  const child = spawn(process.execPath, [...execArgv, program, '--config', config], {
    env: {
      PATH: process.env['PATH'],
      HOME: state,
      PORT: String(port),
      INFERWAY_KEY: KEY,
      BENCH_KEY: 'bench',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await answering(child, `http://127.0.0.1:${port}/healthz`);
  return {
    name: `inferway, ${chain}`,
    pid: child.pid ?? 0,
    target: (model) => ({
      url: `http://127.0.0.1:${port}/v1/chat/completions`,
      headers: { authorization: `Bearer ${KEY}` },
      model: `bench/${model}`,
    }),
    async stop() {
      await stopProcess(child);
      rmSync(state, { recursive: true, force: true });
    },
  };
}

// `on` has a key, limits on callers and targets, a budget, a ledger, a breaker and telemetry on stores in memory; `off` leaves what cannot be left
// out: a key, and the cost of each answer.
function gatewayConfig(upstream: string, chain: 'on' | 'off'): object {
  const off = { connectMs: false, firstEventMs: false, idleBytesMs: false, idleContentMs: false };
  return {
    localEngines: false,
    providers: { bench: { baseUrl: `${upstream}/v1`, key: '${BENCH_KEY}' } },
    ...(chain === 'off'
      ? { retry: false, timeouts: off }
      : {
          aliases: { safe: ['bench/bench', 'bench/other'] },
          prices: { 'bench/*': { input: 0.15, output: 0.6 } },
          telemetry: true,
          timeouts: { totalMs: 600_000 },
          callerLimits: {
            rules: [
              {
                per: 'key',
                windowMs: 60_000,
                requests: 1e9,
                totalTokens: 1e12,
                concurrency: 1e6,
              },
            ],
          },
          targetLimits: {
            rules: [{ per: 'provider', windowMs: 60_000, requests: 1e9, concurrency: 1e6 }],
          },
          budgets: { rules: [{ name: 'all', usd: 1_000_000, period: 'total' }] },
          ledger: { memory: true },
          breaker: true,
        }),
  };
}

/** Portkey's gateway from npm, as its own start command runs it. */
export async function startPortkey(upstream: string): Promise<Contender> {
  const port = await freePort();
  const program = join(packageFolder('@portkey-ai/gateway'), 'build', 'start-server.js');
  const child = spawn(process.execPath, [program, '--headless', `--port=${port}`], {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await answering(child, `http://127.0.0.1:${port}/`);
  return {
    name: '@portkey-ai/gateway',
    pid: child.pid ?? 0,
    target: (model) => ({
      url: `http://127.0.0.1:${port}/v1/chat/completions`,
      headers: {
        authorization: 'Bearer bench',
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': `${upstream}/v1`,
      },
      model,
    }),
    stop: () => stopProcess(child),
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

async function answering(child: ChildProcess, url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null)
      throw new Error(`A gateway ended with ${child.exitCode} before it answered.`);
    try {
      await fetch(url, { signal: AbortSignal.timeout(1_000) });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`Nothing answered at ${url} within 10 s.`);
}
