import { virtualClock, type VirtualClock } from '@inferway/core/testing';
import type { Prediction } from 'replicate';
import { afterEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator, type SimulatorOptions } from '../src/index.js';
import { ask, replicateClient, until } from './support/replicate.js';

let simulator: Simulator;

afterEach(() => simulator.close());

async function start(options: SimulatorOptions = {}): Promise<void> {
  simulator = createSimulator(options);
  await simulator.listen();
}

async function timed(pace: SimulatorOptions['pace']): Promise<VirtualClock> {
  const clock = virtualClock({ wallTime: 1_790_000_000_000 });
  await start({ clock, pace });
  return clock;
}

const LANGUAGE = '/models/inferway/sim-chat/predictions';
const input = { prompt: 'Five words, please.', max_tokens: 6 };

async function created(headers: Record<string, string> = {}): Promise<Prediction> {
  return (await (
    await ask(simulator, LANGUAGE, { body: { input }, headers })
  ).json()) as Prediction;
}

const get = async (id: string): Promise<Prediction> =>
  (await (await ask(simulator, `/predictions/${id}`)).json()) as Prediction;

interface Message {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string;
}

async function messages(response: Response): Promise<Message[]> {
  return (await response.text())
    .split('\n\n')
    .filter((text) => text !== '')
    .map((text) => ({
      id: /^id: (.*)$/mu.exec(text)?.[1],
      event: /^event: (.*)$/mu.exec(text)?.[1],
      data: [...text.matchAll(/^data: (.*)$/gmu)].map(([, line]) => line).join('\n'),
    }));
}

describe('a prediction', () => {
  it('goes from starting over processing to succeeded at the model’s pace, and says how long it took', async () => {
    const clock = await timed({ ttftMs: 1000, perTokenMs: 200 });
    const { id, status } = await created();
    expect(status).toBe('starting');
    await until(() => clock.timers > 0);
    expect(await get(id)).toMatchObject({ status: 'processing', output: null });
    await clock.advance(1400);
    const half = await get(id);
    expect(half.output).toHaveLength(3);
    expect(half.metrics).toBeUndefined();
    await clock.advance(600);
    const done = await get(id);
    expect(done).toMatchObject({
      status: 'succeeded',
      metrics: { predict_time: 2, total_time: 2, output_token_count: 6 },
    });
    expect(done.output).toHaveLength(6);
  });

  it('is held by Prefer: wait until it is over, or until the time is up', async () => {
    const clock = await timed({ ttftMs: 3000 });
    const waiting = ask(simulator, LANGUAGE, { body: { input }, headers: { prefer: 'wait' } });
    await until(() => clock.timers === 2);
    await clock.advance(3000);
    const response = await waiting;
    expect(response.status).toBe(201);
    expect(response.headers.get('preference-applied')).toBe('wait=60');
    expect(await response.json()).toMatchObject({ status: 'succeeded' });

    const short = ask(simulator, LANGUAGE, { body: { input }, headers: { prefer: 'wait=2' } });
    await until(() => clock.timers === 2);
    await clock.advance(2000);
    expect(await (await short).json()).toMatchObject({ status: 'processing', output: null });
  });

  it('goes on when the client that waited for it leaves', async () => {
    const clock = await timed({ ttftMs: 3000 });
    const leaving = new AbortController();
    const waiting = ask(simulator, LANGUAGE, {
      body: { input },
      headers: { prefer: 'wait' },
      signal: leaving.signal,
    });
    await until(() => clock.timers === 2);
    leaving.abort();
    await expect(waiting).rejects.toThrow();
    await until(() => clock.timers === 1);
    await clock.advance(3000);
    expect(simulator.bill.entries.at(-1)).toMatchObject({ status: 'complete' });
  });

  it('is given up at its deadline: canceled where it runs', async () => {
    const clock = await timed({ ttftMs: 60_000 });
    const { id } = await created({ 'cancel-after': '10s' });
    await until(() => clock.timers === 2);
    await clock.advance(10_000);
    expect(await get(id)).toMatchObject({ status: 'canceled', metrics: { predict_time: 10 } });
    expect(
      (await ask(simulator, LANGUAGE, { body: { input }, headers: { 'cancel-after': '1s' } }))
        .status,
    ).toBe(422);
  });

  it('loses its data, and its files, an hour after its end', async () => {
    const clock = virtualClock({ wallTime: 1_790_000_000_000 });
    await start({ clock });
    const body = { input: { prompt: 'A boat' } };
    const response = await ask(simulator, '/models/inferway/sim-image/predictions', {
      body,
      headers: { prefer: 'wait' },
    });
    const { id, output } = (await response.json()) as Prediction;
    const [url] = output as string[];
    expect((await fetch(url ?? '')).status).toBe(200);
    await clock.advance(3_599_000);
    expect((await fetch(url ?? '')).status).toBe(200);
    await clock.advance(1000);
    expect((await fetch(url ?? '')).status).toBe(404);
    expect(await get(id)).toMatchObject({ data_removed: true, output: null, input: {}, logs: '' });
  });

  it('is seen by nobody else', async () => {
    await start();
    const { id } = await created();
    const other = replicateClient(simulator, 'r8_other');
    await expect(other.predictions.get(id)).rejects.toThrow('404');
    expect((await other.predictions.list()).results).toEqual([]);
  });
});

describe('its stream', () => {
  it('follows the work, and goes on after the last id that the client saw', async () => {
    const clock = await timed({ perTokenMs: 100 });
    const { urls } = await created();
    const first = await fetch(urls.stream ?? '');
    await until(() => clock.timers > 0);
    await clock.advance(1000);
    const whole = await messages(first);
    expect(whole.map(({ event }) => event)).toEqual([...Array(6).fill('output'), 'done']);
    const rest = await messages(
      await fetch(urls.stream ?? '', { headers: { 'last-event-id': whole[2]?.id ?? '' } }),
    );
    expect(rest).toEqual(whole.slice(3));
  });

  it('breaks off where a fault says so, and can be taken up again without loss', async () => {
    await start();
    simulator.faults.next('F05', { protocol: 'replicate', after: 2 });
    const { urls, id } = await created();
    const broken = await fetch(urls.stream ?? '');
    await expect(broken.text()).rejects.toThrow();
    const again = await messages(await fetch(urls.stream ?? ''));
    const text = again.flatMap(({ event, data }) => (event === 'output' ? [data] : [])).join('');
    expect(text).toBe(((await get(id)).output as string[]).join(''));
  });

  it('ends with the reason when the prediction is cancelled', async () => {
    const clock = await timed({ ttftMs: 60_000 });
    const { urls } = await created();
    const stream = await fetch(urls.stream ?? '');
    await until(() => clock.timers > 0);
    await fetch(urls.cancel, { method: 'POST', headers: { authorization: 'Bearer r8_test' } });
    expect(await messages(stream)).toMatchObject([
      { event: 'done', data: '{"reason":"canceled"}' },
    ]);
  });
});

describe('the limits and the bill', () => {
  it('throttle creations of an account with the provider’s words and headers', async () => {
    await start({ limits: { requestsPerMinute: 2 }, clock: virtualClock() });
    const first = await ask(simulator, LANGUAGE, { body: { input } });
    expect(first.headers.get('ratelimit-remaining')).toBe('1');
    await ask(simulator, LANGUAGE, { body: { input } });
    const third = await ask(simulator, LANGUAGE, { body: { input } });
    expect(third.status).toBe(429);
    expect(third.headers.get('ratelimit-reset')).toBe('30');
    expect(await third.json()).toMatchObject({
      detail: 'Request was throttled. Your rate limit resets in ~30s.',
    });
  });

  it('charge tokens, images, or the seconds that the machine worked', async () => {
    const clock = await timed({ ttftMs: 4000 });
    const { latest_version: version } = await replicateClient(simulator).models.get(
      'inferway',
      'sim-diffusion',
    );
    await created();
    await ask(simulator, '/models/inferway/sim-image/predictions', {
      body: { input: { prompt: 'x', num_outputs: 3 } },
    });
    await ask(simulator, '/predictions', {
      body: { version: version?.id, input: { prompt: 'x' } },
    });
    await until(() => clock.timers === 3);
    await clock.advance(4000);
    const [text, images, seconds] = simulator.bill.entries;
    expect(text?.cost).toBe(Math.round(((text?.usage.inputTokens ?? 0) * 2.5 + 6 * 10) * 1000));
    expect(images?.cost).toBe(3 * 3_000_000);
    expect(seconds).toMatchObject({ cost: 4 * 975_000, usage: { units: { computeSeconds: 4 } } });
  });
});

describe('refusals', () => {
  it('name the fields that are wrong, as problem+json', async () => {
    await start();
    const wrong = await ask(simulator, '/models/inferway/sim-image/predictions', {
      body: { provider: 'x', input: { prompt: 'x' } },
    });
    expect(wrong.headers.get('content-type')).toBe('application/problem+json');
    expect(await wrong.json()).toEqual({
      title: 'Input validation failed',
      detail: '- Additional property provider is not allowed\n',
      status: 422,
      invalid_fields: [
        {
          type: 'additional_property_not_allowed',
          field: '',
          description: 'Additional property provider is not allowed',
        },
      ],
    });
    const typed = await ask(simulator, '/models/inferway/sim-image/predictions', {
      body: { input: { prompt: 7, num_outputs: 9, aspect_ratio: 'round', image: 'nowhere' } },
    });
    const { invalid_fields: fields } = (await typed.json()) as { invalid_fields: object[] };
    expect(fields).toMatchObject([
      { type: 'invalid_type', field: 'input.prompt' },
      { type: 'number_lte', field: 'input.num_outputs' },
      { type: 'enum', field: 'input.aspect_ratio' },
      { type: 'format', field: 'input.image' },
    ]);
  });

  it.each([
    ['a body that is no JSON', '{', 400],
    ['a body that is no object', '[]', 422],
    ['no input', '{}', 422],
  ])('answer %s', async (_name, body, status) => {
    await start();
    const response = await fetch(simulator.baseUrls.replicate + LANGUAGE, {
      method: 'POST',
      headers: { authorization: 'Bearer r8_test' },
      body,
    });
    expect(response.status).toBe(status);
  });

  it('answer an upload without a file, an unknown path and a bad Prefer', async () => {
    await start();
    expect((await ask(simulator, '/files', { body: {} })).status).toBe(400);
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    expect((await ask(simulator, '/files', { body: 'no form', headers })).status).toBe(400);
    expect((await ask(simulator, '/nothing')).status).toBe(404);
    expect(
      (await ask(simulator, LANGUAGE, { body: { input }, headers: { prefer: 'wait=99' } })).status,
    ).toBe(422);
  });
});

describe('files', () => {
  it('are given back by their download address, to whom they belong, for a day', async () => {
    const clock = virtualClock({ wallTime: 1_790_000_000_000 });
    await start({ clock });
    const file = await replicateClient(simulator).files.create(Buffer.from('hello'));
    const path = `/files/${file.id}/download`;
    const response = await ask(simulator, path);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(await response.text()).toBe('hello');
    expect((await fetch(simulator.baseUrls.replicate + path)).status).toBe(401);
    await clock.advance(24 * 3_600_000);
    expect((await ask(simulator, path)).status).toBe(404);
  });

  it('that a model is given and that are gone fail its prediction', async () => {
    await start();
    const { latest_version: version } = await replicateClient(simulator).models.get(
      'inferway',
      'sim-whisper',
    );
    const audio = `${simulator.baseUrls.replicate}/files/${'0'.repeat(26)}`;
    const body = { version: version?.id, input: { audio } };
    const made = await ask(simulator, '/predictions', { body, headers: { prefer: 'wait' } });
    expect(await made.json()).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('404'),
    });
  });
});
