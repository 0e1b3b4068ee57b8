import { Agent, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, tenantOf, type Simulator } from '../src/index.js';
import { Kept } from '../src/kept.js';

let simulator: Simulator;

beforeEach(async () => {
  simulator = createSimulator({ keep: 5 });
  await simulator.listen();
});

afterEach(() => simulator.close());

const chat = (key: string, more: object = {}): Promise<Response> =>
  fetch(`${simulator.baseUrls.openai}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'sim-chat',
      messages: [{ role: 'user', content: 'Hi' }],
      ...more,
    }),
  });

const overAgent = (agent: Agent): Promise<void> =>
  new Promise((resolve) => {
    const sent = request(
      `${simulator.baseUrls.openai}/chat/completions`,
      { agent, method: 'POST', headers: { authorization: 'Bearer k' } },
      (response) => response.resume().once('close', resolve),
    );
    sent.end(JSON.stringify({ model: 'sim-chat', messages: [{ role: 'user', content: 'Hi' }] }));
  });

describe('records', () => {
  it('keep a request without its secret', async () => {
    await (await chat('sk-secret-secret-9876')).text();
    const record = simulator.requests.at(-1);
    expect(record).toMatchObject({
      method: 'POST',
      path: '/openai/v1/chat/completions',
      protocol: 'openai',
      model: 'sim-chat',
      stream: false,
      status: 200,
      outcome: 'complete',
      connection: 1,
      body: { model: 'sim-chat' },
      tenant: tenantOf('sk-secret-secret-9876'),
    });
    expect(record?.headers['authorization']).toBe('[redacted …9876]');
    expect(JSON.stringify([...simulator.requests, ...simulator.bill.entries])).not.toContain(
      'secret',
    );
    expect(record?.endedAt).toBeGreaterThanOrEqual(record?.receivedAt ?? Infinity);
    expect(record?.clientLeftAt).toBeUndefined();
  });

  it('keep the latest and forget the oldest, while totals stay whole', async () => {
    for (let count = 0; count < 8; count++) await (await chat('k')).text();
    expect(simulator.requests.length).toBe(5);
    expect(simulator.bill.entries.length).toBe(5);
    expect(simulator.bill.count).toBe(8);
    const [one] = simulator.bill.entries;
    expect(simulator.bill.total()).toBe(8 * (one?.cost ?? 0));
    expect(simulator.bill.total(tenantOf('k'))).toBe(simulator.bill.total());
    expect(simulator.bill.total('nobody')).toBe(0);
    simulator.bill.clear();
    expect(simulator.bill.total()).toBe(0);
  });

  it('count connections and their requests', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let count = 0; count < 2; count++) await overAgent(agent);
    expect(simulator.connections.total).toBe(1);
    expect(simulator.connections.records.at(0)).toMatchObject({ connection: 1, requests: 2 });
    expect(simulator.connections.open).toBe(1);
    await simulator.close();
    expect(simulator.connections.open).toBe(0);
    expect(simulator.connections.records.at(0)?.closedAt).toBeGreaterThan(0);
    agent.destroy();
    await simulator.listen();
  });

  it('tell every path that it does not serve', async () => {
    const response = await fetch(`${simulator.url}/v1/chat/completions`, { method: 'POST' });
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('/openai/v1, /anthropic, /huggingface/v1');
    expect(response.headers.get('x-inferway-simulated')).toBe('1');
  });

  it('have no URL before the simulator listens', () => {
    expect(() => createSimulator().url).toThrow(/Await `simulator.listen\(\)` first/);
  });

  it('a port that is taken is told with the cure', async () => {
    const port = Number(new URL(simulator.url).port);
    await expect(createSimulator().listen(port)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/EADDRINUSE.*Choose another port/),
    });
  });

  it('a request larger than the limit is refused', async () => {
    const small = createSimulator({ maxBodyBytes: 1000 });
    await small.listen();
    const response = await fetch(`${small.baseUrls.openai}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer k' },
      body: 'x'.repeat(5000),
    });
    expect(response.status).toBe(413);
    expect(small.requests.at(-1)?.body).toBeUndefined();
    await small.close();
  });
});

describe('a list that keeps the latest', () => {
  it('behaves as the end of an array', () => {
    const kept = new Kept<number>(3);
    for (let value = 0; value < 20; value++) {
      kept.add(value);
      const all = Array.from({ length: value + 1 }, (_, index) => index).slice(-3);
      expect([...kept]).toEqual(all);
      expect(kept.length).toBe(all.length);
      for (let index = -4; index < 4; index++) expect(kept.at(index)).toBe(all.at(index));
    }
  });
});
