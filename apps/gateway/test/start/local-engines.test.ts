import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { findLocalEngines, LOCAL_ENGINES } from '../../src/start/local-engines.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function engine(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const nowhere = Object.fromEntries(
  LOCAL_ENGINES.map(({ variable }) => [variable, 'http://127.0.0.1:9/v1']),
);

test('an engine that lists models is found with them, and one that is not there is not', async () => {
  const url = await engine((request, response) => {
    expect(request.url).toBe('/v1/models');
    response.end(JSON.stringify({ object: 'list', data: [{ id: 'llama3.2' }] }));
  });
  expect(await findLocalEngines({ ...nowhere, OLLAMA_BASE_URL: `${url}/` })).toMatchObject([
    { name: 'ollama', baseUrl: url, models: ['llama3.2'] },
  ]);
});

test('other servers on those ports are no engines', async () => {
  const page = await engine((_, response) => response.end('<html>hello</html>'));
  const denied = await engine((_, response) => response.writeHead(401).end('{"data":[]}'));
  const other = await engine((_, response) => response.end('{"data":{"id":1}}'));
  const cut = await engine((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"data":');
    setTimeout(() => response.destroy(), 20);
  });
  const found = await findLocalEngines({
    OLLAMA_BASE_URL: page,
    VLLM_BASE_URL: denied,
    LLAMACPP_BASE_URL: other,
    LMSTUDIO_BASE_URL: cut,
  });
  expect(found).toEqual([]);
});

test('one that never answers holds up nobody', async () => {
  const silent = await engine(() => {});
  const good = await engine((_, response) => response.end('{"data":null}'));
  const began = performance.now();
  const found = await findLocalEngines({
    ...nowhere,
    VLLM_BASE_URL: silent,
    OLLAMA_BASE_URL: good,
  });
  expect(found).toMatchObject([{ name: 'ollama', models: [] }]);
  expect(performance.now() - began).toBeLessThan(2_000);
});
