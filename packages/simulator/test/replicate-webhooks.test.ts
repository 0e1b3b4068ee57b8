import { virtualClock } from '@inferway/core/testing';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { validateWebhook, type Prediction } from 'replicate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator, type SimulatorOptions } from '../src/index.js';
import { replicateClient, until } from './support/replicate.js';

interface Delivered {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

let simulator: Simulator;
let server: Server;
let url: string;
let delivered: Delivered[];
/** Statuses that the receiver answers with, one after the other; 200 when there are no more. */
let statuses: number[];

beforeEach(async () => {
  delivered = [];
  statuses = [];
  server = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += String(piece);
    delivered.push({ headers: request.headers, text });
    response.writeHead(statuses.shift() ?? 200, { location: '/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});

afterEach(async () => {
  await simulator.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function start(options: SimulatorOptions = {}): Promise<void> {
  simulator = createSimulator(options);
  await simulator.listen();
}

function create(events?: ('start' | 'output' | 'logs' | 'completed')[]): Promise<Prediction> {
  return replicateClient(simulator).predictions.create({
    model: 'inferway/sim-chat',
    input: { prompt: 'Hello in five words.' },
    webhook: url,
    ...(events === undefined ? {} : { webhook_events_filter: events }),
  });
}

const statusOf = ({ text }: Delivered): unknown => (JSON.parse(text) as Prediction).status;

describe('webhooks', () => {
  it('are posted with a signature that the official client takes', async () => {
    await start();
    const { key } = await replicateClient(simulator).webhooks.default.secret.get();
    const created = await create(['start', 'completed']);
    await until(() => delivered.length === 2);
    expect(delivered.map(statusOf).sort()).toEqual(['processing', 'succeeded']);
    for (const { headers, text } of delivered) {
      const request = new Request(url, {
        method: 'POST',
        headers: headers as Record<string, string>,
        body: text,
      });
      expect(await validateWebhook(request, key)).toBe(true);
      expect(JSON.parse(text)).toMatchObject({ id: created.id, webhook: url });
    }
    const ids = delivered.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(2);
  });

  it('come for outputs at most twice a second, and for the end always', async () => {
    const clock = virtualClock();
    await start({ clock, pace: { perTokenMs: 100 } });
    await create(['output', 'completed']);
    const { length } = simulator.requests;
    expect(length).toBe(1);
    await until(() => clock.timers > 0);
    await clock.advance(60_000);
    const entry = simulator.bill.entries.at(-1);
    const seconds = (entry?.usage.outputTokens ?? 0) / 10;
    await until(() => delivered.some((one) => statusOf(one) === 'succeeded'));
    expect(delivered.length).toBeLessThanOrEqual(Math.ceil(seconds * 2) + 1);
    expect(delivered.length).toBeGreaterThan(1);
  });

  it('of the end are tried again with the same id until they arrive; a redirect is no arrival', async () => {
    const clock = virtualClock();
    await start({ clock });
    statuses = [500, 307];
    await create(['completed']);
    await until(() => delivered.length === 1 && clock.timers > 0);
    await clock.advance(1000);
    await until(() => delivered.length === 2 && clock.timers > 0);
    await clock.advance(2000);
    await until(() => delivered.length === 3);
    expect(new Set(delivered.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    await clock.advance(60_000);
    expect(delivered).toHaveLength(3);
    expect(clock.timers).toBe(0);
  });

  it('of anything but the end are tried once', async () => {
    const clock = virtualClock();
    await start({ clock });
    statuses = [500];
    await create(['start']);
    await until(() => delivered.length === 1);
    await clock.advance(60_000);
    expect(delivered).toHaveLength(1);
  });
});
