import { createClient, InferwayError, type ChatEvent } from '@inferway/core';
import { virtualClock, type VirtualClock } from '@inferway/core/testing';
import { json, loopback, type Loopback } from '@inferway/provider-kit/testing';
import fc from 'fast-check';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createReplicate } from '../src/index.js';
import { failureOf, openWorld, until, type World } from './support/world.js';

let world: World | undefined;
let server: Loopback | undefined;

afterEach(async () => {
  await world?.close();
  await server?.close();
  world = server = undefined;
});

const chat = {
  model: 'replicate/inferway/sim-chat',
  messages: [{ role: 'user', content: 'Tell of canary-51ee in thirty words.' }],
} as const;

const streams = ({ seen }: World): string[] => seen().filter((line) => line.includes('/stream/'));

describe('a stream that is lost', () => {
  it.each(['F01', 'F04', 'F05', 'rst-mid-event'])(
    'by %s is taken up after the last message, without loss or repetition',
    async (fault) => {
      const clock = virtualClock();
      world = await openWorld({}, {}, clock);
      const whole = await world.client.chat(chat);
      world.simulator.faults.next(fault, { protocol: 'replicate', after: 3 });
      const stream = await world.client.chat.stream(chat);
      expect(await inTime(Promise.resolve(stream.text), clock)).toBe(whole.text);
      expect(streams(world)).toHaveLength(2);
      const again = world.simulator.requests.filter(({ path }) => path.includes('/stream/')).at(-1);
      expect(again?.headers['last-event-id']).toMatch(/^\d+:\d+$/u);
    },
  );

  it('again and again is given up, and the rest is asked for', async () => {
    const clock = virtualClock();
    world = await openWorld({}, {}, clock);
    const whole = await world.client.chat(chat);
    const { simulator } = world;
    // The server's streams all break before they say anything, but the prediction goes on.
    server = await relay(simulator.baseUrls.replicate, (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': hello\n\n', () => response.destroy());
    });
    const client = createClient({ providers: [provider(server)], clock });
    const stream = await client.chat.stream(chat);
    expect(await inTime(Promise.resolve(stream.text), clock)).toBe(whole.text);
    expect(server.seen.filter(({ url }) => url?.includes('/stream/')).length).toBe(4);
  });

  it('and whose prediction is gone as well is an interruption, with what came', async () => {
    server = await loopback(({ method, url }, response) => {
      if (method === 'POST') return json(response, 201, made(server));
      if (url?.startsWith('/stream') !== true) return json(response, 404, { detail: 'Gone.' });
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end('event: output\ndata: Half \n\nevent: output\ndata: an answ');
    });
    const failure = await streamed(server);
    expect(failure.error).toMatchObject({
      code: 'stream_interrupted',
      retryable: true,
      requestId: 'p1',
    });
    expect(failure.text).toBe('Half ');
    expect(failure.error?.partial).toMatchObject({ message: { content: [{ text: 'Half ' }] } });
  });
});

describe('the end of a stream', () => {
  it('that failed throws the model’s error, with the answer so far', async () => {
    world = await openWorld();
    world.simulator.faults.next('job-failed', { protocol: 'replicate' });
    const stream = await world.client.chat.stream(chat);
    const failure = await failureOf(Promise.resolve(stream.text));
    expect(failure).toMatchObject({
      code: 'server',
      retryable: false,
      providerCode: 'prediction_failed',
      provider: 'replicate',
      model: 'inferway/sim-chat',
    });
    expect(failure.message).toContain('the model raised an error');
    expect(failure.usage?.outputTokens).toBe(2);
    expect(JSON.stringify(failure.partial)).toContain('Simula');
  });

  it('whose prediction was cancelled elsewhere says so', async () => {
    const clock = virtualClock();
    const open = (world = await openWorld({}, { pace: { ttftMs: 60_000 } }, clock));
    const stream = await open.client.chat.stream(chat);
    const failure = failureOf(Promise.resolve(stream.text));
    await until(() => open.seen().length === 2 && clock.timers > 0);
    const listed = await fetch(`${open.simulator.baseUrls.replicate}/predictions`, {
      headers: { authorization: 'Bearer r8_key_of_a_test' },
    });
    const { results } = (await listed.json()) as { results: { id: string }[] };
    await fetch(`${open.simulator.baseUrls.replicate}/predictions/${results[0]?.id}/cancel`, {
      method: 'POST',
      headers: { authorization: 'Bearer r8_key_of_a_test' },
    });
    expect(await failure).toMatchObject({ code: 'aborted', providerCode: 'prediction_canceled' });
  });

  it('comes with its usage, also where the last question fails', async () => {
    server = await loopback(({ method, url }, response) => {
      if (method === 'POST') return json(response, 201, made(server));
      if (url?.startsWith('/stream') !== true) return json(response, 404, { detail: 'Gone.' });
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end('event: output\ndata: All\n\nevent: done\ndata: {}\n\n');
    });
    const { text, error, events } = await streamed(server);
    expect({ text, error }).toEqual({ text: 'All', error: undefined });
    expect(events.slice(-2)).toEqual([
      { type: 'finish', finishReason: { unified: 'stop' } },
      { type: 'end', usage: undefined },
    ]);
  });
});

describe('an output that is not what was streamed', () => {
  it('adds nothing to it', async () => {
    server = await loopback(({ method, url }, response) => {
      if (method === 'POST') return json(response, 201, made(server));
      if (url?.startsWith('/stream') !== true) {
        return json(response, 200, {
          id: 'p1',
          status: 'succeeded',
          output: 'Quite another text.',
        });
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end('event: output\ndata: What was said\n\nevent: done\ndata: {}\n\n');
    });
    expect((await streamed(server)).text).toBe('What was said');
  });
});

describe('a model without a stream', () => {
  it('is asked, and its text told as it grows', async () => {
    const states = [
      { status: 'starting', output: null },
      { status: 'processing', output: ['Once', ' upon'] },
      { status: 'processing', output: ['Once', ' upon', ' a\r\n'] },
      {
        status: 'succeeded',
        output: ['Once', ' upon', ' a\r\n', 'time'],
        metrics: { output_token_count: 4 },
      },
    ];
    server = await loopback((_seen, response) => {
      json(response, 200, { id: 'p1', ...(states.length > 1 ? states.shift() : states[0]) });
    });
    const { events, text } = await streamed(server);
    expect(events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []))).toEqual([
      'Once upon',
      ' a\n',
      'time',
    ]);
    expect(text).toBe('Once upon a\ntime');
    expect(events.at(-1)).toMatchObject({ type: 'end', usage: { outputTokens: 4 } });
  });
});

describe('however a stream is cut', () => {
  const pieces = ['Sim', 'ulated ', 'naïve ☕\n', '\n', 'text', ' with   spaces', ' 🚀', '.'];

  it('and whatever the server does with Last-Event-ID, the text is whole and nothing comes twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 4 }),
        fc.constantFrom('resumes', 'repeats', 'forgets'),
        async (cuts, manner) => {
          const rest = [...cuts];
          const one = await loopback(({ method, url, headers }, response) => {
            if (method === 'POST') return json(response, 201, made(one));
            if (url?.startsWith('/stream') !== true) {
              return json(response, 200, { id: 'p1', status: 'succeeded', output: pieces });
            }
            const last = headers['last-event-id'];
            if (last !== undefined && manner === 'forgets') return json(response, 404, {});
            const from =
              last === undefined || manner === 'repeats'
                ? 0
                : Number(String(last).split(':')[1]) + 1;
            const bytes = Buffer.from(wire(from));
            const cut = rest.shift();
            response.writeHead(200, { 'content-type': 'text/event-stream' });
            if (cut === undefined) response.end(bytes);
            else
              response.write(bytes.subarray(0, Math.floor((bytes.length * cut) / 100)), () =>
                response.socket?.end(),
              );
          });
          try {
            const { text, error } = await streamed(one);
            expect({ text, error }).toEqual({ text: pieces.join(''), error: undefined });
          } finally {
            await one.close();
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  function wire(from: number): string {
    const messages = pieces.map(
      (piece, index) =>
        `event: output\nid: 1790000000:${index}\n${piece
          .split('\n')
          .map((line) => `data: ${line}`)
          .join('\n')}\n\n`,
    );
    return `${messages.slice(from).join('')}event: done\nid: 1790000000:${pieces.length}\ndata: {}\n\n`;
  }
});

interface Streamed {
  readonly events: ChatEvent[];
  readonly text: string;
  readonly error: InferwayError | undefined;
}

/** Reads a stream to its end, in time that passes by itself as fast as it can. */
async function streamed(from: Loopback): Promise<Streamed> {
  const clock = virtualClock();
  const client = createClient({ providers: [provider(from)], clock });
  const events: ChatEvent[] = [];
  const reading = (async () => {
    const stream = await client.chat.stream(chat);
    for await (const event of stream) events.push(event);
  })().then(
    () => undefined,
    (reason: unknown) => InferwayError.from(reason),
  );
  const error = await inTime(reading, clock);
  const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
  return { events, text, error };
}

/** What a promise gives, while time passes by itself as fast as it can. */
async function inTime<T>(work: Promise<T>, clock: VirtualClock): Promise<T> {
  let over = false;
  const done = (): void => {
    over = true;
  };
  void work.catch(() => {}).finally(done);
  while (!over) {
    await clock.advance(20);
    await new Promise(setImmediate);
  }
  return work;
}

function provider({ baseUrl }: Loopback): ReturnType<typeof createReplicate> {
  return createReplicate({ apiKey: 'r8_key_of_a_test', baseUrl });
}

function made(from: Loopback | undefined): object {
  return { id: 'p1', status: 'starting', urls: { stream: `${from?.baseUrl}/stream/p1` } };
}

/** A server before another one, that answers streams itself. */
function relay(base: string, stream: (response: ServerResponse) => void): Promise<Loopback> {
  return loopback(async (seen, response) => {
    if (seen.url?.includes('/stream/') === true) return stream(response);
    const answer = await fetch(base + seen.url, {
      method: seen.method ?? 'GET',
      headers: { authorization: String(seen.headers.authorization) },
      ...(seen.body === undefined ? {} : { body: JSON.stringify(seen.body) }),
    });
    const text = (await answer.text()).replaceAll(
      base.replace('/v1', ''),
      `http://${seen.headers.host}`,
    );
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  });
}
