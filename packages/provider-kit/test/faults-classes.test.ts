import { createClient, InferwayError, type Middleware } from '@inferway/core';
import { auth, fallback, pool, retry } from '@inferway/core/middleware';
import { circuitBreaker } from '@inferway/core/resilience';
import { createRouter, route } from '@inferway/core/routing';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { Transport } from '../src/index.js';
import { networkError } from '../src/transport/network-error.js';
import { answer, chunk, jsonAnswer, streamHead, type Scenario } from '../src/testing/index.js';
import { selfSigned } from './support/certificate.js';
import { always, LineBench } from './support/line-provider.js';

const bench = new LineBench();
afterEach(() => bench.close());

const OK = jsonAnswer(200, { text: 'ok' });
const OK_STREAM = `${streamHead()}${chunk('data: {"text":"ok"}\n\ndata: [END]\n\n')}0\r\n\r\n`;
const ignore = async (): Promise<void> => {};
const input = { messages: [{ role: 'user', content: 'hi' }] } as const;

interface Target {
  readonly origin: string;
  readonly transport?: Transport;
}

/** A provider that answers every request so. */
const at = (scenario: Scenario) => async (): Promise<Target> => bench.serve(scenario);
const status = (code: number, body: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  at(always(jsonAnswer(code, body, headers)));
/** A provider whose connections fail so: names and time-outs of the network that no test can make happen. */
const network = (code: string) => async (): Promise<Target> => {
  const origin = 'http://127.0.0.1:1';
  const exchange = async (): Promise<never> => {
    throw networkError(Object.assign(new Error('x'), { code }), { origin, sent: undefined });
  };
  return { origin, transport: { exchange, close: ignore } };
};
const nobody = async (): Promise<Target> => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  taken.close();
  await once(taken, 'close');
  return { origin: `http://127.0.0.1:${port}` };
};
const badCertificate = async (): Promise<Target> => {
  const server = createTls(selfSigned({ host: 'localhost' }), (socket) =>
    socket.on('error', ignore),
  );
  server.on('tlsClientError', ignore).listen(0, '127.0.0.1');
  await once(server, 'listening');
  bench.closeLater({ close: async () => void server.close() });
  return { origin: `https://localhost:${(server.address() as AddressInfo).port}` };
};
const broken =
  (events: number): Scenario =>
  async (connection) => {
    await connection.request();
    await connection.write(streamHead());
    for (let i = 0; i < events; i++) await connection.write(chunk('data: {"text":"word "}\n\n'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    connection.socket.resetAndDestroy();
  };
const reset: Scenario = async (connection) => {
  await connection.request();
  connection.socket.resetAndDestroy();
};
const silent: Scenario = async (connection) => {
  await connection.request();
};
const page = answer(200, '<html>Sign in</html>', { 'content-type': 'text/html' });

/**
 * What leads on to the next target: `always`, by default; `route`: among the targets of a route, and by a rule; `rule`: by a rule alone; `never`.
 */
type LeadsOn = 'always' | 'route' | 'rule' | 'never';

/** By default, in a route, and by a rule that names the code. */
const LEADS: Readonly<Record<LeadsOn, readonly boolean[]>> = {
  always: [true, true, true],
  route: [false, true, true],
  rule: [false, false, true],
  never: [false, false, false],
};

interface How {
  readonly stream?: boolean;
  readonly timeoutMs?: number;
  /** The caller leaves after so long. */
  readonly leavesMs?: number;
  /** Stands right above the provider. */
  readonly inside?: Middleware;
}

type Row = readonly [
  what: string,
  target: () => Promise<Target>,
  code: string,
  /** Attempts of one call with `retry`. */
  tries: number,
  /** Keys of a pool of two that one call uses. */
  keys: number,
  leadsOn: LeadsOn,
  /** Of seven calls, those that a breaker lets through. */
  passed: number,
  how?: How,
];

const quota = { error: { code: 'insufficient_quota', message: 'x' } };
const refuses: Middleware = async (call, next) => {
  if (call.model.provider === 'spare') return next(call);
  throw new InferwayError('budget', { message: 'Nothing is left.', sent: 'no' });
};

// The table of classes, in its order. What is never sent is tried once more, uncounted.
const ROWS: readonly Row[] = [
  ['EAI_AGAIN', network('EAI_AGAIN'), 'connection', 4, 1, 'always', 5],
  ['nobody listening', nobody, 'connection', 4, 1, 'always', 5],
  ['no connection in time', network('UND_ERR_CONNECT_TIMEOUT'), 'timeout', 3, 1, 'always', 5],
  ['a reset after the request', at(reset), 'connection', 3, 1, 'always', 5],
  ['408', status(408), 'timeout', 3, 1, 'always', 5],
  ['409', status(409), 'conflict', 3, 1, 'always', 7],
  ['425', status(425), 'conflict', 3, 1, 'always', 7],
  ['500', status(500), 'server', 3, 1, 'always', 5],
  ['502', status(502), 'server', 3, 1, 'always', 5],
  ['503', status(503), 'overloaded', 3, 1, 'always', 5],
  ['504', status(504), 'timeout', 3, 1, 'always', 5],
  ['529', status(529), 'overloaded', 3, 1, 'always', 5],
  [
    'overloaded inside of a stream, before its first content',
    at(always(`${streamHead()}${chunk('data: {"error":{"code":"overloaded"}}\n\n')}0\r\n\r\n`)),
    'overloaded',
    3,
    1,
    'always',
    5,
    { stream: true },
  ],
  ['429', status(429), 'rate_limit', 3, 2, 'always', 7],
  ['429 for a quota', status(429, quota), 'billing', 1, 2, 'always', 7],
  ['402', status(402), 'billing', 1, 2, 'always', 7],
  ['401', status(401), 'authentication', 1, 2, 'always', 7],
  ['403', status(403), 'permission', 1, 2, 'always', 7],
  ['400', status(400), 'invalid_request', 1, 1, 'rule', 7],
  [
    'a full context window',
    status(400, { error: { code: 'context_length_exceeded' } }),
    'context_length',
    1,
    1,
    'rule',
    7,
  ],
  ['404', status(404), 'not_found', 1, 1, 'route', 7],
  [
    'a model that is unknown, as a 400',
    status(400, { error: { code: 'model_not_found' } }),
    'not_found',
    1,
    1,
    'route',
    7,
  ],
  ['410', status(410), 'not_found', 1, 1, 'route', 7],
  ['405', status(405), 'unsupported', 1, 1, 'rule', 7],
  ['413', status(413), 'too_large', 1, 1, 'rule', 7],
  ['422', status(422), 'invalid_request', 1, 1, 'rule', 7],
  ['501', status(501), 'unsupported', 1, 1, 'rule', 7],
  ['505', status(505), 'unsupported', 1, 1, 'rule', 7],
  ['a certificate that is refused', badCertificate, 'connection', 1, 1, 'rule', 7],
  ['an expired certificate', network('CERT_HAS_EXPIRED'), 'connection', 1, 1, 'rule', 7],
  ['ENOTFOUND', network('ENOTFOUND'), 'connection', 1, 1, 'rule', 7],
  ['301', status(301, {}, { location: '/else' }), 'protocol', 1, 1, 'rule', 7],
  [
    '307 to another origin',
    status(307, {}, { location: 'http://127.0.0.1:1/' }),
    'protocol',
    1,
    1,
    'rule',
    7,
  ],
  ['a page as the answer', at(always(page)), 'protocol', 3, 1, 'always', 5],
  ['bad JSON', at(always(answer(200, '{"text":'))), 'protocol', 3, 1, 'always', 5],
  ['no answer', at(always(answer(200, ''))), 'empty_response', 3, 1, 'always', 5],
  [
    'a stream that breaks before its first content',
    at(broken(0)),
    'connection',
    3,
    1,
    'always',
    5,
    { stream: true },
  ],
  [
    'a stream that breaks after it',
    at(broken(2)),
    'connection',
    1,
    1,
    'never',
    5,
    { stream: true },
  ],
  ['the caller’s leaving', at(silent), 'timeout', 1, 1, 'never', 7, { leavesMs: 25 }],
  ['the deadline', at(silent), 'timeout', 1, 1, 'never', 7, { timeoutMs: 25 }],
  ['a limit of our own', at(silent), 'budget', 0, 0, 'rule', 7, { inside: refuses }],
];

/** Calls to the target through these layers, each told by how it failed. */
async function through(target: Target, how: How, ...layers: readonly Middleware[]) {
  const other = await bench.serve(always(how.stream === true ? OK_STREAM : OK));
  const client = createClient({
    providers: [
      bench.provide(target, { transport: target.transport }),
      bench.provide(other, { name: 'spare' as 'line' }),
    ],
    middleware: [...layers, ...(how.inside === undefined ? [] : [how.inside])],
  });
  const call = async (model = 'line/m'): Promise<InferwayError | undefined> => {
    const { stream = false, timeoutMs, leavesMs } = how;
    const signal = leavesMs === undefined ? undefined : AbortSignal.timeout(leavesMs);
    try {
      const reply = await client.send('chat', input, { model, stream, timeoutMs, signal });
      if (reply.stream) for await (const _ of reply.events) continue;
      return undefined;
    } catch (reason) {
      return InferwayError.from(reason);
    }
  };
  return { call, elsewhere: () => other.requests.length > 0 };
}

/** A breaker's: nothing was tried. */
function isRefusal(error: InferwayError | undefined): boolean {
  return error?.code === 'overloaded' && error.sent === 'no';
}

describe('the class of a failure decides (F50, F53, F54, F55, F57, F58)', () => {
  it.each(ROWS.map((row) => ({ what: row[0], row })))('$what', async ({ row }) => {
    const [, make, code, tries, keys, leadsOn, passed, how = {}] = row;
    const target = await make();
    const tried = await through(target, how, retry({ baseMs: 1, maxMs: 2 }));
    const error = await tried.call();
    const pooled = await through(target, how, auth(pool(['key-one', 'key-two'])));
    const used = new Set((await pooled.call())?.attempts?.map(({ credential }) => credential));
    // Whatever the layers are: where the first target's error leads on, the other one answers.
    const leads = async (model: string, layer: Middleware): Promise<boolean> => {
      const led = await through(target, how, layer);
      expect((await led.call(model)) === undefined).toBe(led.elsewhere());
      return led.elsewhere();
    };
    const router = createRouter({ routes: { both: { targets: ['line/m', 'spare/m'] } } });
    const rule = { on: ({ code: failed }: InferwayError) => failed === code };
    const judged = await through(target, how, circuitBreaker());
    const refusals: boolean[] = [];
    for (let i = 0; i < 7; i++) refusals.push(isRefusal(await judged.call()));
    expect({
      code: error?.code,
      tries: error?.attempts?.length,
      keys: used.size,
      leadsOn: [
        await leads('line/m', fallback('spare/m')),
        await leads('route/both', route(router)),
        await leads('line/m', fallback({ targets: ['spare/m'], ...rule })),
      ],
      passed: refusals.filter((refused) => !refused).length,
    }).toEqual({ code, tries, keys, leadsOn: LEADS[leadsOn], passed });
  });
});
