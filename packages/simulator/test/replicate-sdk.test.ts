import Replicate, { validateWebhook, type Prediction } from 'replicate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '../src/index.js';
import { replicateClient } from './support/replicate.js';

let simulator: Simulator;
let client: Replicate;

beforeEach(async () => {
  simulator = createSimulator();
  await simulator.listen();
  client = replicateClient(simulator);
});

afterEach(() => simulator.close());

const prompt = 'Say something about canary-77af in ten words.';

async function versionOf(name: string): Promise<string> {
  const model = await client.models.get('inferway', name);
  return model.latest_version?.id ?? '';
}

describe('the official Replicate client', () => {
  it('runs an official model by its name and gets its output', async () => {
    const output = await client.run('inferway/sim-chat', { input: { prompt } });
    expect((output as string[]).join('')).toContain('canary-77af');
    expect(simulator.requests.at(-1)?.headers).toMatchObject({ prefer: 'wait' });
  });

  it('runs a model by its version, waiting or polling', async () => {
    const version = await versionOf('sim-hello');
    const ref = `inferway/sim-hello:${version}` as const;
    expect(await client.run(ref, { input: { text: 'you' } })).toBe('hello you');
    const polled = await client.run(ref, {
      input: { text: 'me' },
      wait: { mode: 'poll', interval: 1 },
    });
    expect(polled).toBe('hello me');
    expect(simulator.requests.at(-1)?.path).toMatch(/^\/replicate\/v1\/predictions\/\w{26}$/u);
  });

  it('creates, gets, lists and waits for a prediction', async () => {
    const created = await client.predictions.create({
      model: 'inferway/sim-image',
      input: { prompt, num_outputs: 2 },
    });
    expect(created).toMatchObject({
      status: 'starting',
      output: null,
      version: 'hidden',
      model: 'inferway/sim-image',
      source: 'api',
    });
    const done = await client.wait(created, { interval: 1 });
    expect(done.status).toBe('succeeded');
    expect(done.output).toHaveLength(2);
    expect(done.metrics).toMatchObject({ image_count: 2 });
    const image = await fetch(String(done.output[0]));
    expect(image.headers.get('content-type')).toBe('image/png');
    const bytes = Buffer.from(await image.arrayBuffer());
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect((await client.predictions.get(created.id)).id).toBe(created.id);
    const { results } = await client.predictions.list();
    expect(results.map(({ id }) => id)).toEqual([created.id]);
  });

  it('cancels a prediction that runs', async () => {
    await simulator.close();
    simulator = createSimulator({ pace: { ttftMs: 60_000 } });
    await simulator.listen();
    client = replicateClient(simulator);
    const created = await client.predictions.create({
      model: 'inferway/sim-chat',
      input: { prompt },
    });
    const running = await client.predictions.get(created.id);
    expect(running.status).toBe('processing');
    const canceled = await client.predictions.cancel(created.id);
    expect(canceled.status).toBe('canceled');
    expect(simulator.bill.entries.at(-1)).toMatchObject({ status: 'cancelled', cost: 0 });
  });

  it('streams a language model token by token, with ids, to its end', async () => {
    const events: { event: string; data: string; id?: string }[] = [];
    for await (const event of client.stream('inferway/sim-chat', { input: { prompt } })) {
      events.push(event);
    }
    const output = events.filter(({ event }) => event === 'output');
    expect(output.length).toBeGreaterThan(5);
    expect(output.map(({ data }) => data).join('')).toContain('canary-77af');
    expect(output[0]?.id).toMatch(/^\d+:0$/u);
    expect(events.at(-1)).toMatchObject({ event: 'done', data: '{}' });
  });

  it('sees a failed prediction as an error with its text', async () => {
    simulator.faults.next('job-memory', { protocol: 'replicate' });
    await expect(
      client.run('inferway/sim-chat', { input: { prompt }, wait: { mode: 'poll', interval: 1 } }),
    ).rejects.toThrow('CUDA out of memory');
    simulator.faults.next('job-failed', { protocol: 'replicate' });
    const read = async (): Promise<void> => {
      for await (const event of client.stream('inferway/sim-chat', { input: { prompt } })) {
        expect(event.event).toBe('output');
      }
    };
    await expect(read()).rejects.toThrow('the model raised an error');
  });

  it('keeps files: creates, gets, lists, deletes them and gives them to a model', async () => {
    const spoken = await client.predictions.create({
      model: 'inferway/sim-speech',
      input: { text: 'Hello from canary-12bb.' },
      wait: true,
    });
    const sound = await (await fetch(String(spoken.output))).arrayBuffer();
    const file = await client.files.create(new Blob([sound], { type: 'audio/wav' }), { lot: 7 });
    expect(file).toMatchObject({ content_type: 'audio/wav', size: sound.byteLength });
    expect(file.metadata).toEqual({ lot: 7 });
    expect((await client.files.get(file.id)).checksums).toEqual(file.checksums);
    expect((await client.files.list()).results.map(({ id }) => id)).toEqual([file.id]);
    const version = await versionOf('sim-whisper');
    const heard = await client.run(`inferway/sim-whisper:${version}`, {
      input: { audio: new Blob([sound]) },
    });
    expect(heard).toMatchObject({ text: 'Hello from canary-12bb.', language: 'en' });
    expect(await client.files.delete(file.id)).toBe(true);
    await expect(client.files.get(file.id)).rejects.toThrow('404');
  });

  it('lists models, versions, collections, hardware and its account', async () => {
    const { results } = await client.models.list();
    const names = results.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['sim-chat', 'sim-image', 'sim-whisper']));
    const found = await client.models.search('picture');
    expect(found.results.map(({ name }) => name)).toEqual(['sim-image', 'sim-diffusion']);
    const version = await versionOf('sim-diffusion');
    const versions = await client.models.versions.list('inferway', 'sim-diffusion');
    expect(versions.results.map(({ id }) => id)).toEqual([version]);
    const one = await client.models.versions.get('inferway', 'sim-diffusion', version);
    expect(one.openapi_schema).toHaveProperty('components.schemas.Input.required', ['prompt']);
    await expect(client.models.versions.list('inferway', 'sim-image')).rejects.toThrow('official');
    const collections = await client.collections.list();
    expect(collections.results.map(({ slug }) => slug)).toContain('text-to-image');
    const collection = await client.collections.get('text-to-image');
    expect(collection.models?.map(({ name }) => name)).toEqual(['sim-image', 'sim-diffusion']);
    expect((await client.hardware.list()).map(({ sku }) => sku)).toContain('gpu-t4');
    expect(await client.accounts.current()).toMatchObject({ username: 'inferway' });
  });

  it('makes, changes, uses and deletes deployments', async () => {
    const version = await versionOf('sim-hello');
    const made = await client.deployments.create({
      name: 'greeter',
      model: 'inferway/sim-hello',
      version,
      hardware: 'cpu',
      min_instances: 0,
      max_instances: 1,
    });
    expect(made.current_release).toMatchObject({ number: 1, model: 'inferway/sim-hello' });
    const changed = await client.deployments.update('inferway', 'greeter', { min_instances: 1 });
    expect(changed.current_release.number).toBe(2);
    const prediction = await client.deployments.predictions.create('inferway', 'greeter', {
      input: { text: 'you' },
      wait: true,
    });
    expect(prediction).toMatchObject({ output: 'hello you', deployment: 'inferway/greeter' });
    const { results } = await client.deployments.list();
    expect(results.map(({ name }) => name)).toEqual(['sim-deployment', 'greeter']);
    expect(await client.deployments.delete('inferway', 'greeter')).toBe(true);
    await expect(client.deployments.get('inferway', 'greeter')).rejects.toThrow('404');
  });

  it('is refused what the model does not take, without a key, and for what there is not', async () => {
    const status = async (run: Promise<unknown>): Promise<unknown> =>
      run.then(
        () => 'accepted',
        (reason: { response?: Response }) => reason.response?.status,
      );
    const create = (model: string, input: object, from = client): Promise<Prediction> =>
      from.predictions.create({ model, input });
    expect(await status(create('inferway/sim-image', {}))).toBe(422);
    expect(await status(create('inferway/nothing', { prompt }))).toBe(404);
    expect(await status(create('inferway/sim-hello', { text: 'a' }))).toBe(404);
    expect(await status(client.predictions.create({ version: 'f00', input: {} }))).toBe(422);
    expect(
      await status(
        create(
          'inferway/sim-chat',
          { prompt },
          new Replicate({ auth: ' ', baseUrl: simulator.baseUrls.replicate }),
        ),
      ),
    ).toBe(401);
    simulator.faults.next('quota', { protocol: 'replicate' });
    expect(await status(create('inferway/sim-chat', { prompt }))).toBe(402);
  });

  it('knows the webhook’s signature as right, and a changed body’s as wrong', async () => {
    const { key } = await client.webhooks.default.secret.get();
    expect(key).toMatch(/^whsec_/u);
    const body = '{"id":"x"}';
    const { createHmac } = await import('node:crypto');
    const signature = createHmac('sha256', Buffer.from(key.slice(6), 'base64'))
      .update(`msg_1.123.${body}`)
      .digest('base64');
    const data = { id: 'msg_1', timestamp: '123', signature: `v1,${signature}`, secret: key };
    expect(await validateWebhook({ ...data, body })).toBe(true);
    expect(await validateWebhook({ ...data, body: `${body} ` })).toBe(false);
  });
});
