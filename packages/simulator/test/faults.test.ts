import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, FAULTS, type Simulator } from '../src/index.js';
import { rawPost, type RawAnswer } from './support/raw.js';

let simulator: Simulator;

beforeEach(async () => {
  simulator = createSimulator();
  await simulator.listen();
});

afterEach(() => simulator.close());

const question = [{ role: 'user', content: 'Write 30 words about rivers.' }];
const tools = [
  {
    type: 'function',
    function: {
      name: 'look',
      parameters: {
        type: 'object',
        properties: { where: { const: 'somewhere rather far away' } },
        required: ['where'],
      },
    },
  },
];

function openai(fault: string, more: object = {}, quietMs?: number): Promise<RawAnswer> {
  return rawPost(
    simulator.baseUrls.openai,
    '/chat/completions',
    {
      model: 'sim-chat',
      stream: true,
      stream_options: { include_usage: true },
      messages: question,
      ...more,
    },
    { authorization: 'Bearer k', 'x-simulate-fault': fault },
    quietMs,
  );
}

function anthropic(fault: string, more: object = {}, quietMs?: number): Promise<RawAnswer> {
  return rawPost(
    simulator.baseUrls.anthropic,
    '/v1/messages',
    {
      model: `sim-chat:fault-${fault}`,
      max_tokens: 300,
      stream: true,
      messages: question,
      ...more,
    },
    { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
    quietMs,
  );
}

const deltas = (answer: RawAnswer): number =>
  answer.body.split('"content":"').length - 1 + (answer.body.split('text_delta').length - 1);
const bill = (): string | undefined => simulator.bill.entries.at(-1)?.status;
/** The tokens that were billed are those that were sent, no more. */
const billed = (): number | undefined => simulator.bill.entries.at(-1)?.usage.outputTokens;

describe('streams that break off', () => {
  it('F01 ends cleanly without finish reason or terminator', async () => {
    const one = await openai('F01@3');
    expect(one.ended).toBe('end');
    expect(one.body).not.toContain('[DONE]');
    expect(one.body).not.toMatch(/"finish_reason":"/);
    expect(billed()).toBe(3);
    expect(bill()).toBe('failed');
    const two = await anthropic('F01');
    expect(two.ended).toBe('end');
    expect(two.body).not.toContain('message_delta');
    expect(deltas(two)).toBe(2);
    expect(billed()).toBe(2);
  });

  it('F02 sends the terminator and no finish reason', async () => {
    const one = await openai('F02');
    expect(one.body).toContain('[DONE]');
    expect(one.body).not.toMatch(/"finish_reason":"/);
    expect(one.body).toContain('"finish_reason":null');
    const two = await anthropic('F02');
    expect(two.body).toContain('"stop_reason":null');
    expect(two.body).not.toContain('end_turn');
    expect(two.body).toContain('message_stop');
    expect(bill()).toBe('complete');
  });

  it('F03 ends inside the arguments of a tool call', async () => {
    const answer = await openai('F03', { tools, tool_choice: 'required' });
    expect(answer.ended).toBe('end');
    const pieces = [...answer.body.matchAll(/"arguments":"((?:\\.|[^"])*)"/g)].map(
      (found) => JSON.parse(`"${found[1]}"`) as string,
    );
    const written = pieces.join('');
    expect(written).not.toBe('');
    expect(() => JSON.parse(written) as unknown).toThrow();
    expect(answer.body).not.toContain('[DONE]');
  });

  it('F04 ends the connection before the last chunk, or before the announced length', async () => {
    const stream = await openai('F04');
    expect(stream.ended).toBe('fin');
    expect(deltas(stream)).toBeGreaterThanOrEqual(2);
    const unary = await openai('F04', { stream: false, stream_options: undefined });
    expect(unary.ended).toBe('fin');
    const announced = Number(/content-length: (\d+)/.exec(unary.head)?.[1]);
    expect(Buffer.byteLength(unary.body)).toBeLessThan(announced);
    expect(unary.body).not.toBe('');
    expect(bill()).toBe('failed');
  });

  it('F05 resets the connection after what was sent has arrived', async () => {
    for (const answer of [await openai('F05'), await anthropic('F05')]) {
      expect(answer.ended).toBe('reset');
      expect(deltas(answer)).toBeGreaterThanOrEqual(2);
    }
    const unary = await openai('F05', { stream: false, stream_options: undefined });
    expect(unary.ended).toBe('reset');
    expect(unary.body).not.toBe('');
  });

  it('F06 and F07 say in the middle of the stream that they failed', async () => {
    const six = await openai('F06');
    expect(six.head).toContain('200 OK');
    expect(six.body).toMatch(/\n\ndata: \{"error":\{"message"/);
    expect(six.body.indexOf('"error"')).toBeGreaterThan(six.body.indexOf('"content":"Simul'));
    expect(six.body).not.toContain('[DONE]');
    const seven = await anthropic('F07');
    expect(seven.body).toMatch(
      /\n\nevent: error\ndata: \{"type":"error","error":\{"type":"api_error"/,
    );
    expect(seven.body).not.toContain('message_stop');
  });

  it('F08 says overloaded as the first event, in each protocol’s way', async () => {
    const one = await openai('F08');
    expect(one.head).toContain('200 OK');
    expect(one.body).toMatch(/^data: \{"error":/);
    const two = await anthropic('F08');
    expect(two.body).toMatch(/^event: error\ndata: .*overloaded_error/);
    expect(billed()).toBe(0);
  });

  it('F09 sends one event that is not JSON', async () => {
    const { body } = await openai('F09');
    const broken = body
      .split('\n\n')
      .filter((event) => event.startsWith('data: {'))
      .filter((event) => {
        try {
          JSON.parse(event.slice(6));
          return false;
        } catch {
          return true;
        }
      });
    expect(broken).toHaveLength(1);
    expect(body).toContain('[DONE]');
  });

  it('F34 falls silent and keeps the connection open', async () => {
    const answer = await openai('F34', {}, 200);
    expect(answer.ended).toBe('open');
    expect(billed()).toBe(2);
    const unary = await openai('F34', { stream: false, stream_options: undefined }, 200);
    expect(unary.ended).toBe('open');
    expect(unary.body.startsWith('{')).toBe(true);
  });

  it('F35 pings for ever', async () => {
    const started = performance.now();
    const answer = await Promise.race([
      anthropic('F35', {}, 300),
      new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 700)),
    ]);
    expect(answer).toBeUndefined();
    expect(performance.now() - started).toBeGreaterThan(600);
    await simulator.close();
  });
});

describe('answers that are something else', () => {
  it('F10 is an HTML page with status 200', async () => {
    const answer = await openai('F10');
    expect(answer.head).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(answer.head).toContain('content-type: text/html');
    expect(answer.body).toMatch(/^<!doctype html>/);
    expect(simulator.bill.count).toBe(0);
  });

  it('F11 is plain JSON for a stream call', async () => {
    const answer = await openai('F11');
    expect(answer.head).toContain('content-type: application/json');
    expect(JSON.parse(answer.body)).toMatchObject({ object: 'chat.completion' });
    expect(bill()).toBe('complete');
  });

  it('F12 is an error object with status 200', async () => {
    const answer = await anthropic('F12');
    expect(answer.head).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(JSON.parse(answer.body)).toMatchObject({ type: 'error', error: { type: 'api_error' } });
  });

  it('F13 is an empty body with status 200', async () => {
    const answer = await openai('F13');
    expect(answer.ended).toBe('end');
    expect(answer.head).toContain('content-type: text/event-stream');
    expect(answer.body).toBe('');
  });

  it('F14 sends the terminator and stays open; the answer is billed whole', async () => {
    const answer = await openai('F14', {}, 200);
    expect(answer.ended).toBe('open');
    expect(answer.body).toContain('data: [DONE]');
    expect(bill()).toBe('complete');
  });

  it('F15 sends events after the terminator', async () => {
    const answer = await openai('F15');
    const [, after = ''] = answer.body.split('data: [DONE]\n\n');
    expect(after).toContain('"content":"Simul');
    const messages = await anthropic('F15');
    const [, tail = ''] = messages.body.split('{"type":"message_stop"}');
    expect(tail).toContain('text_delta');
  });

  it('F16 says nothing of usage, in any protocol and shape', async () => {
    for (const answer of [
      await openai('F16'),
      await openai('F16', { stream: false, stream_options: undefined }),
      await anthropic('F16'),
      await anthropic('F16', { stream: false }),
    ]) {
      expect(answer.ended).toBe('end');
      expect(answer.body).not.toContain('usage');
      expect(answer.body).not.toContain('_tokens"');
    }
    expect(simulator.bill.entries.at(-1)?.cost).toBeGreaterThan(0);
  });

  it('F33 never sends status or headers', async () => {
    const answer = await rawPost(
      simulator.baseUrls.openai,
      '/chat/completions',
      { model: 'sim-chat', messages: question },
      { authorization: 'Bearer k', 'x-simulate-fault': 'F33' },
      200,
    );
    expect(answer).toMatchObject({ head: '', ended: 'open' });
    expect(simulator.requests.at(-1)).toMatchObject({ outcome: 'failed', fault: 'F33' });
  });

  it('"reset" and "garbage" are what they say', async () => {
    expect(await openai('reset')).toMatchObject({ head: '', ended: 'reset' });
    expect((await openai('garbage')).body).toContain('simulated garbage');
  });
});

describe('correct answers in unusual clothes', () => {
  const plain = async (): Promise<string> => (await openai('F25')).body;

  it('F20 ends lines with CR LF', async () => {
    const { body } = await openai('F20');
    expect(body).toMatch(/\r\n\r\n/);
    expect(body.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(body).toContain('[DONE]');
  });

  it('F22 ends lines with CR and leaves out the space', async () => {
    const { body } = await openai('F22');
    expect(body).not.toContain('\n');
    expect(body).toContain('\r\rdata:{');
  });

  it('F23 puts comments and F24 several data lines into events without a change of meaning', async () => {
    const { body } = await openai('F23');
    expect(body).toContain('\n\n: simulated keep-alive\n\n');
    const many = await openai('F24');
    expect(many.body).toMatch(/data: \{\ndata: "id"/);
    const text = many.body
      .split('\n\n')
      .filter((event) => event.startsWith('data: {'))
      .map(
        (event) =>
          JSON.parse(event.replaceAll(/^data: /gm, '')) as {
            choices: { delta: { content?: string } }[];
          },
      )
      .map((chunk) => chunk.choices[0]?.delta.content ?? '')
      .join('');
    expect(text).toMatch(/^Simulated answer/);
  });

  it('F25 and F21 arrive in many reads and are whole', async () => {
    const answer = await openai('F25', { max_tokens: 8 });
    expect(answer.ended).toBe('end');
    expect(answer.reads).toBeGreaterThan(50);
    expect(await plain()).toContain('[DONE]');
    const split = await openai('F21', { max_tokens: 4 });
    expect(split.body).toContain('\r\n');
    expect(split.body).toContain('[DONE]');
  });

  it('F17 sends the usage chunk with choices null', async () => {
    const { body } = await openai('F17');
    expect(body).toMatch(/"choices":null/);
    expect(body).toContain('"completion_tokens"');
  });

  it('F26 and F27 send lines of 8 and 128 MB', async () => {
    expect((await openai('F26')).body.length).toBeGreaterThan(8 * 1024 * 1024);
    const endless = await openai('F27');
    expect(endless.body.length).toBeGreaterThan(128 * 1024 * 1024);
    expect(endless.body.lastIndexOf('\n')).toBeLessThan(10_000);
  });

  it('"slow-trickle" takes its time', async () => {
    const started = performance.now();
    const answer = await openai('slow-trickle', { max_tokens: 2 });
    expect(answer.ended).toBe('end');
    expect(performance.now() - started).toBeGreaterThan(200);
  });

  it('"unknown-events" and "rst-mid-event" are what they say', async () => {
    expect((await anthropic('unknown-events')).body).toContain('event: sim.unknown');
    const torn = await openai('rst-mid-event');
    expect(torn.ended).toBe('reset');
    expect(torn.body).not.toMatch(/\n\n$/);
  });
});

describe('refusals on demand', () => {
  it.each([400, 401, 402, 403, 404, 408, 409, 413, 422, 425, 429, 500, 501, 502, 503, 504, 529])(
    'status %i, with an error in the shape of the protocol',
    async (status) => {
      const one = await openai(`status-${status}`);
      expect(one.head).toContain(`HTTP/1.1 ${status} `);
      expect(JSON.parse(one.body)).toHaveProperty('error.message');
      const two = await anthropic(`status-${status}`);
      expect(two.head).toContain(`HTTP/1.1 ${status} `);
      expect(JSON.parse(two.body)).toHaveProperty('type', 'error');
      expect(JSON.parse(two.body)).toHaveProperty(
        'request_id',
        simulator.requests.at(-1)?.requestId,
      );
      if (status === 429 || status === 503) expect(one.head).toContain('retry-after: 1');
      expect(simulator.bill.count).toBe(0);
    },
  );

  it.each([
    [401, 'invalid_request_error', 'authentication_error'],
    [403, 'request_forbidden', 'permission_error'],
    [409, 'invalid_request_error', 'conflict_error'],
    [429, 'requests', 'rate_limit_error'],
    [500, 'server_error', 'api_error'],
    [529, 'server_error', 'overloaded_error'],
  ])('status %i has the type that belongs to it', async (status, one, two) => {
    expect(JSON.parse((await openai(`status-${status}`)).body)).toHaveProperty('error.type', one);
    expect(JSON.parse((await anthropic(`status-${status}`)).body)).toHaveProperty(
      'error.type',
      two,
    );
  });

  it('rate limit, quota and overload in each protocol’s own words', async () => {
    expect(await openai('quota')).toMatchObject({
      head: expect.stringContaining('429'),
      body: expect.stringContaining('insufficient_quota'),
    });
    expect(await anthropic('quota')).toMatchObject({ head: expect.stringContaining('402') });
    expect(await anthropic('overloaded')).toMatchObject({ head: expect.stringContaining('529') });
    expect(await openai('overloaded')).toMatchObject({ head: expect.stringContaining('503') });
    expect(await openai('rate-limit')).toMatchObject({
      head: expect.stringContaining('retry-after: 1'),
    });
    expect(await openai('F52')).toMatchObject({ head: expect.stringContaining('502') });
  });
});

describe('orders', () => {
  const status = async (model = 'sim-chat'): Promise<number> =>
    Number(
      (
        await rawPost(
          simulator.baseUrls.openai,
          '/chat/completions',
          { model, messages: question },
          { authorization: 'Bearer k' },
        )
      ).head.slice(9, 12),
    );

  it('are done once by `next`, as often as said, and in order', async () => {
    simulator.faults.next('status-500', { times: 2 });
    simulator.faults.next('status-503');
    expect([await status(), await status(), await status(), await status()]).toEqual([
      500, 500, 503, 200,
    ]);
  });

  it('are done for ever by `set`, to one model, and cleared', async () => {
    simulator.faults.set('status-500', { model: 'sim-mini' });
    expect([await status('sim-mini'), await status(), await status('sim-mini')]).toEqual([
      500, 200, 500,
    ]);
    simulator.faults.clear();
    expect(await status('sim-mini')).toBe(200);
  });

  it('are done by chance, the same for the same seed', async () => {
    simulator.faults.set('status-500', { probability: 0.5 });
    const seen: number[] = [];
    for (let count = 0; count < 40; count++) seen.push(await status());
    expect(seen.filter((code) => code === 500).length).toBeGreaterThan(8);
    expect(seen.filter((code) => code === 200).length).toBeGreaterThan(8);
    const again = createSimulator();
    again.faults.set('status-500', { probability: 0.5 });
    await again.listen();
    const first = simulator;
    simulator = again;
    const repeated: number[] = [];
    for (let count = 0; count < 40; count++) repeated.push(await status());
    expect(repeated).toEqual(seen);
    await first.close();
  });

  it('may hold to one protocol and be a fault of one’s own', async () => {
    simulator.faults.set(
      {
        id: 'teapot',
        title: 'A teapot',
        replace: () => ({ status: 418, body: 'short and stout' }),
      },
      { protocol: 'anthropic' },
    );
    expect(await status()).toBe(200);
    expect((await anthropic('teapot').catch(() => ({ head: '' }))).head).toContain('400');
    const answer = await rawPost(
      simulator.baseUrls.anthropic,
      '/v1/messages',
      { model: 'sim-chat', max_tokens: 5, messages: question },
      { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
    );
    expect(answer.head).toContain('418');
  });

  it('for a fault that does not exist are refused with the list of those that do', async () => {
    expect(() => simulator.faults.next('F99')).toThrow(/no fault "F99".*F01, F02/s);
    expect(await openai('F99')).toMatchObject({
      head: expect.stringContaining('400'),
      body: expect.stringContaining('F99'),
    });
  });

  it('exist for the whole part of the catalogue that is promised', () => {
    const ids = FAULTS.map((fault) => fault.id);
    for (const id of [
      'F01',
      'F02',
      'F03',
      'F04',
      'F05',
      'F06',
      'F07',
      'F08',
      'F09',
      'F10',
      'F11',
      'F12',
      'F13',
      'F14',
      'F15',
      'F16',
      'F33',
      'F34',
      'F35',
    ]) {
      expect(ids).toContain(id);
    }
    expect(new Set(ids).size).toBe(ids.length);
  });
});
