import { createClient, type ErrorCode } from '@inferway/core';
import { undiciTransport } from '@inferway/provider-kit';
import { json, loopback, type Loopback } from '@inferway/provider-kit/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createReplicate } from '../src/index.js';
import { failureOf, openWorld, type World } from './support/world.js';

let world: World | undefined;
let server: Loopback | undefined;

afterEach(async () => {
  await world?.close();
  await server?.close();
  world = server = undefined;
});

const messages = [{ role: 'user' as const, content: 'Hi.' }];

describe('a prediction that failed', () => {
  it.each<[string, ErrorCode, boolean]>([
    [
      'NSFW content detected. Try running it again, or try a different prompt.',
      'content_filter',
      false,
    ],
    [
      'The input or output was flagged as sensitive. Please try again with different inputs. (E005)',
      'content_filter',
      false,
    ],
    [
      'CUDA out of memory. Tried to allocate 12.66 GiB (GPU 0; 39.59 GiB total capacity)',
      'server',
      false,
    ],
    ['Model ran out of memory (E1001)', 'server', false],
    ['Prediction interrupted; please retry (code: PA)', 'overloaded', true],
    ['Timeout starting prediction (E6716)', 'overloaded', true],
    [
      'Failed to download the input file: 404 Client Error for url: https://x/files/1',
      'invalid_request',
      false,
    ],
    ["This model's maximum context length is 8192 tokens", 'context_length', false],
    ['Too many requests to the upstream provider', 'rate_limit', true],
    ['Prediction timed out after 30 minutes', 'timeout', false],
    ['ValueError: width must be a multiple of 8', 'server', false],
    ['', 'server', false],
  ])('with "%s" is %s', async (error, code, retryable) => {
    server = await loopback((_seen, response) => {
      json(response, 201, {
        id: 'p7',
        status: 'failed',
        error,
        output: null,
        metrics: { predict_time: 3 },
      });
    });
    const failure = await failureOf(client(server).chat({ model: 'replicate/o/n', messages }));
    expect(failure).toMatchObject({
      code,
      retryable,
      requestId: 'p7',
      provider: 'replicate',
      model: 'o/n',
    });
    expect(failure.message).toContain(error.slice(0, 40));
    expect(failure.usage?.units?.computeSeconds).toBe(3);
  });

  it('after some of its output gives that with the error', async () => {
    server = await loopback((_seen, response) => {
      json(response, 201, {
        id: 'p7',
        status: 'failed',
        error: 'Broke.',
        output: ['Half', ' of it'],
      });
    });
    const failure = await failureOf(client(server).chat({ model: 'replicate/o/n', messages }));
    expect(failure.partial).toMatchObject({ message: { content: [{ text: 'Half of it' }] } });
  });

  it.each([
    ['canceled', 'aborted', false],
    ['aborted', 'timeout', true],
  ] as const)('being %s at Replicate is %s', async (status, code, retryable) => {
    server = await loopback((_seen, response) =>
      json(response, 201, { id: 'p7', status, output: null }),
    );
    const failure = await failureOf(client(server).chat({ model: 'replicate/o/n', messages }));
    expect(failure).toMatchObject({ code, retryable });
  });

  it('shows nothing of the prompt that its text repeats', async () => {
    const secret = 'the lighthouse keeper Zephyrine owes 4711 crowns';
    server = await loopback((_seen, response) => {
      json(response, 201, {
        id: 'p7',
        status: 'failed',
        error: `Cannot answer "${secret}"`,
        output: null,
      });
    });
    const asked = [{ role: 'user' as const, content: secret }];
    const failure = await failureOf(
      client(server).chat({ model: 'replicate/o/n', messages: asked }),
    );
    expect(`${failure.stack}${JSON.stringify(failure)}`).not.toContain('Zephyrine');
  });
});

describe('what Replicate refuses', () => {
  it.each([
    [
      'a model that there is not',
      'inferway/nothing',
      {},
      { code: 'not_found', status: 404 },
      /Only official models run by name/u,
    ],
    [
      'a community model without its version',
      'inferway/sim-hello',
      { text: 'a' },
      { code: 'not_found', status: 404 },
      /owner\/name:version/u,
    ],
    [
      'a version that there is not',
      `inferway/sim-hello:${'0'.repeat(64)}`,
      { text: 'a' },
      { code: 'not_found', status: 422 },
      /latest version/u,
    ],
    [
      'an input that is missing',
      'inferway/sim-image',
      {},
      { code: 'invalid_request', status: 422 },
      /prompt is required/u,
    ],
    [
      'an input of the wrong kind',
      'inferway/sim-image',
      { prompt: 'x', num_outputs: 'two' },
      { code: 'invalid_request', status: 422 },
      /input\.num_outputs/u,
    ],
  ])('%s is a typed error with a cure', async (_name, id, input, expected, cure) => {
    world = await openWorld();
    const failure = await failureOf(world.client.prediction({ model: `replicate/${id}`, input }));
    expect(failure).toMatchObject({
      ...expected,
      provider: 'replicate',
      requestId: expect.stringContaining('sim-'),
    });
    expect(failure.message).toMatch(cure);
  });

  it.each(['nothing', 'a/b/c', 'deployments/a', 'o/../n', 'o/n?x=1'])(
    'the model id "%s" is refused before anything is sent',
    async (id) => {
      world = await openWorld();
      const failure = await failureOf(
        world.client.prediction({ model: `replicate/${id}`, input: {} }),
      );
      expect(failure).toMatchObject({ code: 'invalid_request', param: 'model' });
      expect(world.seen()).toEqual([]);
    },
  );

  it('an empty account is a matter of billing, a wrong key of authentication', async () => {
    world = await openWorld({ apiKey: 'r8_of_somebody_else' }, { keys: ['r8_good'] });
    const wrong = await failureOf(
      world.client.chat({ model: 'replicate/inferway/sim-chat', messages }),
    );
    expect(wrong).toMatchObject({ code: 'authentication', status: 401 });
    expect(wrong.message).not.toContain('r8_of_somebody_else');
    await world.close();
    world = await openWorld();
    world.simulator.faults.next('quota', { protocol: 'replicate' });
    const empty = await failureOf(
      world.client.chat({ model: 'replicate/inferway/sim-chat', messages }),
    );
    expect(empty).toMatchObject({
      code: 'billing',
      status: 402,
      retryable: false,
      fallbackable: true,
    });
  });

  it('a setting that an answer cannot do without is refused, not dropped', async () => {
    world = await openWorld();
    const schema = { type: 'object', properties: {}, additionalProperties: false };
    const failure = await failureOf(
      world.client.send(
        'chat',
        { messages, output: { type: 'json-schema', schema } },
        { model: 'replicate/inferway/sim-chat', stream: false },
      ),
    );
    expect(failure).toMatchObject({
      code: 'unsupported',
      param: 'output',
      sent: 'no',
      fallbackable: true,
    });
  });
});

describe('files that are gone', () => {
  it('of an output are a typed error with its cure', async () => {
    server = await loopback(({ method }, response) => {
      if (method === 'GET') json(response, 404, { detail: 'Gone.' });
      else
        json(response, 201, {
          id: 'p7',
          status: 'succeeded',
          output: [`${server?.baseUrl}/delivery/x/out.png`],
        });
    });
    const failure = await failureOf(
      client(server).image({ model: 'replicate/o/n', prompt: 'x', delivery: 'bytes' }),
    );
    expect(failure).toMatchObject({ code: 'not_found', status: 404 });
    expect(failure.message).toMatch(/an hour after the prediction: fetch them before/u);
  });

  it('of an input fail the prediction, with the cure', async () => {
    world = await openWorld();
    const version =
      (await world.client.models()).models.find(({ id }) => id.includes('sim-whisper'))?.id ?? '';
    const failure = await failureOf(
      world.client.transcribe({
        model: `replicate/${version}`,
        audio: { type: 'file-id', id: 'f'.repeat(26) },
      }),
    );
    expect(failure).toMatchObject({ code: 'invalid_request' });
    expect(failure.message).toMatch(/Uploads are kept for 24 hours/u);
  });

  it('of a malformed sound are the model’s own error', async () => {
    world = await openWorld();
    const version =
      (await world.client.models()).models.find(({ id }) => id.includes('sim-whisper'))?.id ?? '';
    const failure = await failureOf(
      world.client.transcribe({ model: `replicate/${version}`, audio: new Uint8Array(0) }),
    );
    expect(failure).toMatchObject({ code: 'server', retryable: false });
    expect(failure.message).toContain('empty or malformed');
  });

  it('or larger than the transport takes are too large', async () => {
    server = await loopback(({ method }, response) => {
      if (method === 'POST') {
        return json(response, 201, {
          id: 'p7',
          status: 'succeeded',
          output: `${server?.baseUrl}/delivery/x/out.png`,
        });
      }
      response.writeHead(200, { 'content-type': 'image/png' });
      response.end(Buffer.alloc(100_000));
    });
    const { baseUrl } = server;
    const transport = undiciTransport({ maxBodyBytes: 50_000 });
    const provider = createReplicate({ apiKey: 'r8_key_of_a_test', baseUrl, transport });
    const failure = await failureOf(
      createClient({ providers: [provider] }).image({
        model: 'replicate/o/n',
        prompt: 'x',
        delivery: 'bytes',
      }),
    );
    expect(failure).toMatchObject({ code: 'too_large' });
  });

  it('never reach the machine by an address of another kind', async () => {
    server = await loopback((_seen, response) => {
      json(response, 201, {
        id: 'p7',
        status: 'succeeded',
        output: ['http://169.254.169.254/secrets.png', 'file:///etc/passwd'],
      });
    });
    const failure = await failureOf(
      client(server).image({ model: 'replicate/o/n', prompt: 'x', delivery: 'bytes' }),
    );
    expect(failure).toMatchObject({ code: 'empty_response' });
    expect(server.seen).toHaveLength(1);
  });
});

function client({ baseUrl }: Loopback) {
  return createClient({ providers: [createReplicate({ apiKey: 'r8_key_of_a_test', baseUrl })] });
}
