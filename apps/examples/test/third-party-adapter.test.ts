import {
  copyFileSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../run/world.js';
import { run } from './command.js';
import { workspace } from './workspace.js';

const example = join(workspace, 'apps/examples/third-party-adapter');
const INSTALLED = [
  '@inferway/conformance',
  '@inferway/core',
  '@inferway/provider-kit',
  '@inferway/wire',
];

// What a third party's own strict project would say.
const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    moduleResolution: 'nodenext',
    target: 'es2023',
    lib: ['es2024', 'esnext.disposable'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    declaration: true,
    rootDir: 'src',
    outDir: 'dist',
  },
  include: ['src'],
};

const WRONG = `
import { createClient } from '@inferway/core';
import { createAcme } from './adapter.js';
const client = createClient({ providers: [createAcme({ baseUrl: 'http://127.0.0.1:1/v1' })] });
export async function wrong(): Promise<void> {
  // @ts-expect-error a wrong request
  await client.classify({ model: 'acme/x', txt: 'x', labels: [] });
  // @ts-expect-error a wrong provider
  await client.classify({ model: 'acne/x', text: 'x', labels: [] });
  // @ts-expect-error nothing to stream
  client.classify.stream;
  // @ts-expect-error Acme has no embeddings
  client.embed;
  const { score } = await client.classify({ model: 'acme/x', text: 'x', labels: ['a'] });
  // @ts-expect-error a score is a number
  score.toUpperCase();
}
`;

let world: World;
let folder: string;
beforeAll(async () => {
  world = await startWorld();
  folder = mkdtempSync(join(tmpdir(), 'inferway-third-party-'));
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('third-party-adapter', () => {
  it('is an adapter of at most 40 lines', () => {
    const lines = readFileSync(join(example, 'adapter.ts'), 'utf8').trim().split('\n');
    expect(lines.length).toBeLessThanOrEqual(40);
  });

  it(
    'compiles against the packed packages outside the workspace, reaches its server there, and keeps the contract',
    { timeout: 180_000 },
    async () => {
      const pnpm = (...args: string[]): Promise<string> =>
        run('npx', ['-y', 'pnpm@12', ...args], { cwd: workspace });
      const filters = INSTALLED.map((name) => `--filter=${name}`);
      await pnpm('exec', 'turbo', 'run', 'build', ...filters);
      await pnpm(...filters, 'pack', '--pack-destination', folder);

      mkdirSync(join(folder, 'src'));
      for (const file of ['adapter.ts', 'main.ts', 'conformance.ts']) {
        copyFileSync(join(example, file), join(folder, 'src', file));
      }
      writeFileSync(join(folder, 'src/wrong.ts'), WRONG);
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
      const types = JSON.parse(
        readFileSync(join(workspace, 'node_modules/@types/node/package.json'), 'utf8'),
      ) as { version: string };
      writeFileSync(
        join(folder, 'package.json'),
        JSON.stringify({
          name: 'inferway-acme',
          version: '1.0.0',
          private: true,
          type: 'module',
          dependencies: Object.fromEntries(INSTALLED.map((name) => [name, tarball(name)])),
          devDependencies: { '@types/node': types.version },
        }),
      );
      await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder });
      for (const name of INSTALLED) {
        const place = join(folder, 'node_modules', name);
        expect(lstatSync(place).isSymbolicLink()).toBe(false);
        expect(readFileSync(join(place, 'package.json'), 'utf8')).not.toContain('inferway-source');
      }

      const tsc = join(workspace, 'node_modules/typescript/bin/tsc');
      await run(process.execPath, [tsc, '-p', folder], { cwd: folder });

      const printed = await run(process.execPath, ['dist/main.js'], {
        cwd: folder,
        env: { ACME_BASE_URL: world.acme.url },
      });
      const [entry] = world.simulator.bill.entries.toArray();
      expect(entry).toMatchObject({ protocol: 'openai', stream: true, status: 'complete' });
      expect(world.acme.classified).toEqual(['refund']);
      expect(printed).toMatch(/^chat: \S.+$/mu);
      expect(printed).toMatch(/^classify: refund 0\.\d+ \(200\)$/mu);

      const contract = ['--test', '--test-reporter=tap', 'dist/conformance.js'];
      const tested = await run(process.execPath, contract, { cwd: folder });
      expect(tested).toMatch(/^# fail 0$/mu);
      expect(Number(/^# tests (\d+)$/mu.exec(tested)?.[1])).toBeGreaterThan(200);
    },
  );
});

function tarball(name: string): string {
  const file = `${name.replace('@', '').replace('/', '-')}-*.tgz`;
  const [found] = globSync(file, { cwd: folder });
  if (found === undefined) throw new Error(`no tarball ${file}`);
  return `file:${join(folder, found)}`;
}
