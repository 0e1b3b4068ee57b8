import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { printedKey, runMain } from '../support/run-main.js';

const CHAT = { messages: [{ role: 'user', content: 'Say hello' }] };

function post(
  url: string,
  key: string,
  body: object,
  path = '/v1/chat/completions',
): Promise<Response> {
  return fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

test('with nothing set it starts on loopback, says what to do, answers from the simulator, and stops with 0', async () => {
  const main = await runMain();
  const url = await main.ready();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
  const key = printedKey(main);
  expect(key).toMatch(/^iw_[\w-]{32}$/u);
  const out = main.out();
  for (const said of [
    `${url}/v1`,
    'simulator/',
    'curl ',
    'openai',
    '@anthropic-ai/sdk',
    '@huggingface/inference',
  ]) {
    expect(out).toContain(said);
  }
  const model = /"model":"(simulator\/[^"]+)"/u.exec(out)?.[1];
  const answer = await post(url, key, { model, ...CHAT });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-inferway-simulated')).toBe('true');
  expect(Number(answer.headers.get('x-inferway-cost'))).toBeGreaterThan(0);
  main.child.kill('SIGTERM');
  expect(await main.ended()).toBe(0);
});

test('the curl command that it prints works as it is', async () => {
  const main = await runMain();
  await main.ready();
  const command = /^curl (?:.|\n)*?\}'$/mu.exec(main.out())?.[0] ?? '';
  const [, url, auth, body] =
    /^curl (\S+) -H 'Authorization: Bearer (\S+)' .*? \\\n {2}-d '(.*)'$/su.exec(command) ?? [];
  const answer = await fetch(url ?? '', {
    method: 'POST',
    headers: { authorization: `Bearer ${auth}`, 'content-type': 'application/json' },
    body: body ?? '',
  });
  expect(answer.status).toBe(200);
});

test.each([
  [undefined, '[DONE]', 'being stopped'],
  [100, 'being stopped', '[DONE]'],
])(
  'SIGTERM lets a stream that runs end within the grace time (%s ms), and tells one that does not',
  async (shutdownGraceMs, ends, not) => {
    const main = await runMain({}, [], (folder) =>
      writeFile(join(folder, 'inferway.config.json'), JSON.stringify({ shutdownGraceMs })),
    );
    const url = await main.ready();
    const answer = await post(url, printedKey(main), {
      model: 'simulator/sim-chat',
      stream: true,
      messages: [{ role: 'user', content: 'Write 150 words about the sea.' }],
    });
    expect(answer.status).toBe(200);
    main.child.kill('SIGTERM');
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const part of answer.body ?? []) text += decoder.decode(part as Uint8Array);
    } catch {
      // An answer that was cut is told so by its body, too.
      expect(ends).toBe('being stopped');
    }
    expect(text).toContain(ends);
    expect(text).not.toContain(not);
    expect(await main.ended()).toBe(0);
  },
);

test('SIGINT stops it, too, and a key is found again on the next start', async () => {
  const first = await runMain();
  await first.ready();
  const key = printedKey(first);
  first.child.kill('SIGINT');
  expect(await first.ended()).toBe(0);
  const again = await runMain({ HOME: first.folder });
  await again.ready();
  expect(printedKey(again)).toBe(key);
});

test('PORT, HOST and INFERWAY_KEY are obeyed', async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const main = await runMain({
    PORT: String(port),
    HOST: '0.0.0.0',
    INFERWAY_KEY: 'a-key-of-my-own-0123',
  });
  expect(await main.ready()).toBe(`http://127.0.0.1:${port}`);
  expect(printedKey(main)).toBe('a-key-of-my-own-0123');
});

test('a port in use is one clear line and exit code 1', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const main = await runMain({ PORT: String(port) });
  expect(await main.ended()).toBe(1);
  expect(main.complaints()).toBe(
    `inferway: 127.0.0.1:${port} is in use. Stop what listens there, or choose another port with PORT=${port + 1}.\n`,
  );
});

test('a key with a line end is refused by the name of its variable alone', async () => {
  for (const variable of [
    'OPENAI_API_KEY',
    'ANTHROPIC_API_KEY',
    'HF_TOKEN',
    'GROQ_API_KEY',
    'INFERWAY_KEY',
  ]) {
    const main = await runMain({ [variable]: 'canary-0123456789\nabcdef' });
    expect([variable, await main.ended()]).toEqual([variable, 1]);
    expect(main.complaints()).toContain(variable);
    expect(main.complaints() + main.out()).not.toContain('canary');
  }
});

test('a base URL that is the gateway itself is refused', async () => {
  const main = await runMain({
    PORT: '18799',
    OPENAI_API_KEY: 'sk-canary-openai',
    OPENAI_BASE_URL: 'http://localhost:18799/v1',
  });
  expect(await main.ended()).toBe(1);
  expect(main.complaints()).toContain('Unset OPENAI_BASE_URL');
});

test('a provider that never lists its models holds up neither the start nor the end', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  onTestFinished(() => void silent.close());
  await new Promise((resolve) => silent.once('listening', resolve));
  const asked = new Promise((resolve) => silent.once('connection', resolve));
  const main = await runMain({
    OPENAI_API_KEY: 'sk-canary-openai',
    OPENAI_BASE_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/v1`,
  });
  await main.ready();
  await asked;
  const at = performance.now();
  main.child.kill('SIGTERM');
  expect(await main.ended()).toBe(0);
  expect(performance.now() - at).toBeLessThan(3_000);
});

test('every provider whose key is set is there, and a local engine that answers', async () => {
  const engine = createHttpServer((_, response) => response.end('{"data":[{"id":"llama3.2"}]}'));
  engine.listen(0, '127.0.0.1');
  onTestFinished(() => void engine.close());
  await new Promise((resolve) => engine.once('listening', resolve));
  const main = await runMain({
    OLLAMA_BASE_URL: `http://127.0.0.1:${(engine.address() as AddressInfo).port}/v1`,
    OPENAI_API_KEY: 'sk-canary-openai',
    ANTHROPIC_API_KEY: 'sk-canary-anthropic',
    HF_TOKEN: 'hf_canary',
    GROQ_API_KEY: 'gsk_canary',
    TOGETHER_API_KEY: 'canary-together',
  });
  const url = await main.ready();
  const out = main.out();
  for (const name of [
    'openai/',
    'anthropic/',
    'huggingface/',
    'groq/',
    'together/',
    'ollama/llama3.2',
  ]) {
    expect(out).toContain(`   ${name}`);
  }
  expect(out).not.toContain('canary');
  const unknown = await post(url, printedKey(main), { model: 'nope/x', ...CHAT });
  expect(unknown.status).toBe(404);
  expect(await unknown.text()).toContain(
    'openai, anthropic, huggingface, together, groq, ollama, simulator',
  );
});

test('a config with an alias and a mistake is refused with the path, and works without the mistake', async () => {
  const config = (body: string) => (folder: string) =>
    writeFile(join(folder, 'inferway.config.yaml'), body);
  const wrong = await runMain({}, [], config('aliases:\n  fast: nope/x\n'));
  expect(await wrong.ended()).toBe(1);
  expect(wrong.complaints()).toContain('aliases.fast');
  const right = await runMain({}, [], config('aliases:\n  fast: simulator/sim-mini\n'));
  const url = await right.ready();
  const answer = await post(url, printedKey(right), { model: 'fast', ...CHAT });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-inferway-model')).toBe('sim-mini');
});

test('arguments that it does not know, and a port that is none, are refused', async () => {
  const unknown = await runMain({}, ['--prot', '80']);
  expect(await unknown.ended()).toBe(1);
  expect(unknown.complaints()).toContain('--prot');
  const port = await runMain({ PORT: 'http' });
  expect(await port.ended()).toBe(1);
  expect(port.complaints()).toContain('PORT is "http"');
  const help = await runMain({}, ['--help']);
  expect(await help.ended()).toBe(0);
  expect(help.out()).toContain('Usage');
});
