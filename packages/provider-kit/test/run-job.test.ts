import { InferwayError } from '@inferway/core';
import { afterEach, describe, expect, it } from 'vitest';
import { virtualClock } from '@inferway/core/testing';
import { connect, runJob, type JobShape } from '../src/index.js';
import { jsonAnswer, type FaultServer } from '../src/testing/index.js';
import { failureOf } from './support/failure.js';
import { LineBench } from './support/line-provider.js';

const bench = new LineBench();
afterEach(() => bench.close());

const shape: JobShape = {
  status: 'job.status',
  done: ['done'],
  failed: ['failed'],
  ready: ['output'],
  error: 'job.why',
  ask: ({ id }) => (typeof id === 'string' ? `jobs/${encodeURIComponent(id)}` : undefined),
  wait: { firstMs: 1 },
};

/** A server that tells these one after the other. */
async function serve(...told: readonly object[]): Promise<FaultServer> {
  let next = 0;
  return bench.serve(async (connection) => {
    while ((await connection.request()) !== undefined) {
      await connection.write(jsonAnswer(200, told[Math.min(next++, told.length - 1)] ?? {}));
    }
  });
}

async function run(server: FaultServer, accepted: object, how: JobShape = shape) {
  const connection = connect({
    name: 'acme',
    baseUrl: `${server.origin}/v1`,
    key: { apiKey: 'sk-job-key' },
  });
  bench.closeLater(connection.transport);
  const session = connection.session({ signal: new AbortController().signal });
  return runJob(session, accepted, how);
}

describe('runJob', () => {
  it('asks until the work is done, and gives the answer that says so', async () => {
    const server = await serve(
      { job: { status: 'queued' } },
      { job: { status: 'a new word' } },
      { job: { status: 'done' }, result: 7 },
    );
    expect(await run(server, { id: 'a b', job: { status: 'queued' } })).toMatchObject({
      result: 7,
    });
    expect(server.requests.map(({ path }) => path)).toEqual(Array(3).fill('/v1/jobs/a%20b'));
    expect(server.requests[0]?.headers.authorization).toBe('Bearer sk-job-key');
  });

  it('asks nobody where the first answer has the result, by its status or by what it holds', async () => {
    const server = await serve({});
    expect(await run(server, { job: { status: 'done' } })).toBeDefined();
    expect(await run(server, { job: { status: 'queued' }, output: ['x'] })).toMatchObject({
      output: ['x'],
    });
    expect(server.requests).toEqual([]);
  });

  it('fetches the result where it has an address of its own', async () => {
    const server = await serve({ job: { status: 'done' } }, { result: 7 });
    const result = await run(server, { id: 'j' }, { ...shape, result: () => 'results/j' });
    expect(result).toEqual({ result: 7 });
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/jobs/j', '/v1/results/j']);
  });

  it('throws the provider’s reason for work that failed, and a typed error where nothing says where to ask', async () => {
    const server = await serve({ job: { status: 'failed', why: 'NSFW content detected' } });
    const failed = await failureOf(run(server, { id: 'j' }));
    expect(failed.provider).toBe('acme');
    expect(failed.message).toContain('NSFW content detected');
    expect(await failureOf(run(server, {}))).toMatchObject({
      code: 'protocol',
      retryable: false,
      sent: 'maybe',
    });
    const inside = await failureOf(run(server, { error: { message: 'the queue is closed' } }));
    expect(inside.message).toContain('the queue is closed');
  });

  it('lives through three bad answers in a row, and not through a fourth or one that will stay', async () => {
    const answers = (...told: readonly (readonly [number, object])[]): Promise<FaultServer> => {
      let next = 0;
      return bench.serve(async (connection) => {
        while ((await connection.request()) !== undefined) {
          const [status, body] = told[Math.min(next++, told.length - 1)] ?? [500, {}];
          await connection.write(jsonAnswer(status, body));
        }
      });
    };
    const bad = [502, { error: 'bad gateway' }] as const;
    const good = [200, { job: { status: 'done' } }] as const;
    const queued = [200, { job: { status: 'queued' } }] as const;
    const patient = await answers(bad, bad, bad, queued, bad, bad, bad, good);
    expect(await run(patient, { id: 'j' })).toMatchObject({ job: { status: 'done' } });
    expect(patient.requests).toHaveLength(8);
    const down = await answers(bad);
    // The work may run on, and be billed: no retry is to make it again.
    const taken = { sent: 'maybe', retryable: false, provider: 'acme' };
    expect(await failureOf(run(down, { id: 'j' }))).toMatchObject({ status: 502, ...taken });
    expect(down.requests).toHaveLength(4);
    const gone = await answers([404, { error: 'no such job' }]);
    expect(await failureOf(run(gone, { id: 'j' }))).toMatchObject({ code: 'not_found', ...taken });
    expect(gone.requests).toHaveLength(1);
    const lost = await answers(good, [500, { error: 'no result' }]);
    const elsewhere = { ...shape, result: () => 'results/j' };
    expect(await failureOf(run(lost, { id: 'j' }, elsewhere))).toMatchObject(taken);
  });

  it('ends with its signal between two questions', async () => {
    const server = await serve({ job: { status: 'queued' } });
    const connection = connect({ name: 'acme', baseUrl: server.origin, key: { optional: true } });
    bench.closeLater(connection.transport);
    const leaving = new AbortController();
    const clock = virtualClock();
    const session = connection.session({ signal: leaving.signal, clock });
    const failed = failureOf(runJob(session, { id: 'j' }, shape));
    leaving.abort(new InferwayError('aborted', { message: 'left' }));
    expect((await failed).message).toBe('left');
    expect(clock.timers).toBe(0);
  });
});
