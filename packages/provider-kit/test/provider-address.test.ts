import { createClient } from '@inferway/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  encodeModelId,
  defineProvider,
  endpoint,
  pick,
  type Endpoints,
  type Profile,
} from '../src/index.js';
import { readBaseUrl } from '../src/provider/base-url.js';
import { requestPath } from '../src/provider/request-path.js';
import { jsonAnswer, type FaultServer } from '../src/testing/index.js';
import { failureOf } from './support/failure.js';
import { lineFormat } from './support/line-format.js';
import { always, ask, LineBench } from './support/line-provider.js';

const bench = new LineBench();
afterEach(async () => {
  await bench.close();
  vi.unstubAllEnvs();
});

describe('the base URL', () => {
  const profileFor = (baseUrl: Profile<'line', Endpoints>['baseUrl']) =>
    ({
      name: 'line',
      baseUrl,
      key: { apiKey: 'sk-line-secret' },
      endpoints: { chat: endpoint({ format: lineFormat, path: 'chat' }) },
    }) as const;
  const answeredAt = async (baseUrl: Profile<'line', Endpoints>['baseUrl']): Promise<string> => {
    const provider = defineProvider(profileFor(baseUrl));
    try {
      return (await createClient({ providers: [provider] }).chat(ask)).text;
    } finally {
      await provider.close?.();
    }
  };

  it('is what was given, else what the environment says, else the provider’s own', async () => {
    const [given, moved, standard] = await Promise.all(
      ['given', 'moved', 'standard'].map((text) => bench.serve(always(jsonAnswer(200, { text })))),
    );
    const settings = { env: 'LINE_BASE_URL', standard: standard?.origin ?? '' };
    expect(await answeredAt(settings)).toBe('standard');
    vi.stubEnv('LINE_BASE_URL', '');
    expect(await answeredAt(settings)).toBe('standard');
    vi.stubEnv('LINE_BASE_URL', moved?.origin ?? '');
    expect(await answeredAt(settings)).toBe('moved');
    expect(await answeredAt({ ...settings, given: given?.origin })).toBe('given');
  });

  it('may end in what every path begins with, or not', async () => {
    const { origin } = await bench.serve(always(jsonAnswer(200, { text: 'here' })));
    const settings = { env: 'LINE_BASE_URL', standard: 'https://line.example', without: '/v1' };
    for (const given of [origin, `${origin}/`, `${origin}/v1`, `${origin}/v1/`]) {
      expect(await answeredAt({ ...settings, given })).toBe('here');
    }
    expect(readBaseUrl({ ...settings, given: `${origin}/proxy/v1` }).path).toBe('/proxy');
    expect(readBaseUrl({ ...settings, given: `${origin}/v12` }).path).toBe('/v12');
  });

  it('names the variable, and not its value, where that is no URL', () => {
    vi.stubEnv('LINE_BASE_URL', 'https://user:hunter2@host/v1');
    expect(() =>
      defineProvider(profileFor({ env: 'LINE_BASE_URL', standard: 'https://line.example' })),
    ).toThrow(/^LINE_BASE_URL holds a user name or password(?!.*hunter2)/u);
  });
});

describe('a base URL', () => {
  it.each([
    'localhost:8000',
    'ftp://host',
    'https://user:hunter2@host/v1',
    'https://host/v1?key=abc',
    '',
  ])('%s is refused by name', (baseUrl) => {
    const make = (): unknown =>
      defineProvider({ name: 'line', baseUrl, key: { optional: true }, endpoints: {} });
    expect(make).toThrow(/^baseUrl /u);
    expect(make).not.toThrow(/hunter2|abc/u);
  });
});

describe('a path made of the model', () => {
  const byModel = (server: FaultServer) =>
    createClient({
      providers: [
        bench.provide(server, {
          endpoints: {
            chat: endpoint({ format: lineFormat, path: (id: string) => `models/${id}/chat` }),
          },
        }),
      ],
    });

  it('encodes each segment of the id', async () => {
    const server = await bench.serve(always(jsonAnswer(200, { text: 'hi' })));
    await byModel(server)
      .chat({ ...ask, model: 'line/org/na me:v1#x' })
      .catch(() => {});
    await byModel(server).chat({ ...ask, model: 'line/org/name:v1' });
    expect(server.requests.at(-1)?.head).toContain('POST /base/models/org/name%3Av1/chat ');
  });

  it.each(['a/../../files', '..', '%2e%2e', 'a\\..\\b', 'm?x', 'm#x', '．．/x', '.', 'a//b'])(
    'refuses %s',
    async (id) => {
      const server = await bench.serve(always(jsonAnswer(200, { text: 'hi' })));
      const error = await failureOf(
        byModel(server).chat({ ...ask, model: { provider: 'line', id } }),
      );
      expect(error).toMatchObject({ code: 'invalid_request', param: 'model' });
      expect(server.requests).toHaveLength(0);
    },
  );
});

describe('each of the two guards of a path, alone', () => {
  const base = { origin: 'https://api.example', path: '/v1' };

  it.each(['..', '.', '', 'a/..', 'a\\b', 'a?b', 'a#b', 'a%2eb', '．．'])(
    'a model id of %s is refused before it is encoded',
    (id) => {
      expect(() => encodeModelId(id)).toThrow(/model id/u);
    },
  );

  it.each(['../files', 'a/../../files', './x', 'x#y', 'a b', 'a\\b', '%2e%2e/files'])(
    'a path of %s is refused, since it would not stay as it is',
    (path) => {
      expect(() => requestPath(base, path)).toThrow(/model id/u);
    },
  );

  it('a plain path stays beneath the base, with its query', () => {
    expect(requestPath(base, 'models/a%3Ab/chat?alt=sse')).toBe('/v1/models/a%3Ab/chat?alt=sse');
  });
});

describe('a choice by name', () => {
  it('is what the name stands for, and a clear error for any other, prototype names included', () => {
    expect(pick({ a: 1, b: 2 }, 'b', 'api')).toBe(2);
    for (const name of ['c', 'toString', '']) {
      expect(() => pick({ a: 1, b: 2 }, name, 'api')).toThrow(
        /api is ".*"\. Give one of a, b, or leave it out\./u,
      );
    }
  });
});
