import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { chainShape } from '../../src/config/chain-schema.js';
import { readConfigFile } from '../../src/config/read-config-file.js';
import { startGateway } from '../../src/start/start-gateway.js';

const home = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'inferway-documented-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function yamlOf(page: string): Promise<string> {
  const text = await readFile(home(page), 'utf8');
  return [...text.matchAll(/^```yaml\n(.*?)^```$/gmsu)].map((match) => match[1]).join('\n');
}

test('the config of the README is one, and shows every setting of the chain', async () => {
  const path = join(await folder(), 'inferway.config.yaml');
  await writeFile(path, await yamlOf('README.md'));
  const config = await readConfigFile(path);
  expect(Object.keys(config)).toEqual(expect.arrayContaining(Object.keys(chainShape)));
});

test('the config of the guide is one', async () => {
  const path = join(await folder(), 'inferway.config.yaml');
  await writeFile(path, await yamlOf('../../docs/guide/gateway.md'));
  expect(await readConfigFile(path)).toMatchObject({ breaker: true, stores: { processes: 3 } });
});

test('the config for production starts as it is, without waiting for its servers, and stops', async () => {
  const at = await folder();
  await copyFile(home('production.config.yaml'), join(at, 'inferway.config.yaml'));
  const complaints: string[] = [];
  const nowhere = {
    OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
  };
  const running = await startGateway({
    line: { help: false, config: undefined, host: '127.0.0.1', port: '0' },
    folder: at,
    complain: (text) => complaints.push(text),
    environment: {
      ...nowhere,
      GROQ_BASE_URL: 'http://127.0.0.1:9/v1',
      HOME: at,
      OPENAI_API_KEY: 'sk-1',
      ANTHROPIC_API_KEY: 'sk-2',
      GROQ_API_KEY: 'gsk-3',
      SEARCH_KEY: 'iw_search',
      SUPPORT_KEY: 'iw_support',
      PARTNER_KEY: 'iw_partner',
      ALERT_SECRET: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
      DATABASE_URL: 'postgres://127.0.0.1:9/none',
      REDIS_URL: 'redis://127.0.0.1:9',
    },
  });
  expect((await fetch(`${running.url}/healthz`)).status).toBe(200);
  await running.stop();
  expect(complaints.join('\n')).not.toContain('Unexpected');
});
