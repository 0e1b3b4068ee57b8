import { describe, expect, it } from 'vitest';
import { checkFile, checkManifest, specifiersOf } from './boundaries.ts';
import type { Manifest, Package } from './boundaries.ts';

const entry = { '.': './dist/index.js' };
function workspace(folder: string, manifest: Partial<Manifest> = {}): Package {
  const name = `@inferway/${folder.split('/').pop()}`;
  return { folder, manifest: { name, exports: entry, ...manifest } };
}
const everyOne = { '@inferway/core': 'workspace:^', '@inferway/wire': 'workspace:^' };
const core = workspace('packages/core', { exports: { ...entry, './middleware': {} } });
const wire = workspace('packages/wire', { peerDependencies: { '@inferway/core': 'workspace:^' } });
const simulator = workspace('packages/simulator', { dependencies: everyOne });
const openai = workspace('packages/providers/openai', {
  dependencies: { ...everyOne, undici: '^8' },
  devDependencies: { '@inferway/simulator': 'workspace:^' },
});
const anthropic = workspace('packages/providers/anthropic', {
  dependencies: { ...everyOne, '@inferway/openai': 'workspace:^' },
});
const gateway = workspace('apps/gateway', { dependencies: everyOne });
const bench = workspace('apps/bench', { dependencies: { '@inferway/gateway': 'workspace:^' } });
const olderTelemetry = workspace('packages/otel/sdk-2');
const packages = [core, wire, simulator, openai, anthropic, gateway, bench];

function problems(owner: Package, text: string, path = 'src/a.ts'): string[] {
  return checkFile({ path: `${owner.folder}/${path}`, text }, owner, packages, { vitest: '5' });
}

describe('specifiersOf', () => {
  it('finds every form of import', () => {
    const text = `import a from 'a'; import type { B } from 'b'; import 'c'; export * from 'd';
      export type { E } from 'e'; const f = await import('f'); export { type G } from 'g'; import { type H } from 'h';`;
    expect(specifiersOf({ path: 'x.ts', text })).toEqual(['a', 'b', 'c', 'h', 'd', 'e', 'g', 'f']);
  });
});

describe('checkFile', () => {
  it.each([
    ['a lower package', wire, `import type { Call } from '@inferway/core';`],
    ['an exported subpath', gateway, `import { retry } from '@inferway/core/middleware';`],
    ['a builtin and a declared dependency', openai, `import 'node:fs'; import 'undici';`],
    ['the gateway from the bench', bench, `import '@inferway/gateway';`],
    ['a file of its own', core, `export * from './state.js';`],
    ['the shared tests from the older SDK', olderTelemetry, `import '../../test/suite/a.js';`],
  ])('accepts %s', (_what, owner, text) => {
    expect(problems(owner, text)).toEqual([]);
  });

  it.each([
    ['a higher package', core, `import type { X } from '@inferway/wire';`, 'not below'],
    ['another provider', anthropic, `export { x } from '@inferway/openai';`, 'not below'],
    ['an app from a package', wire, `await import('@inferway/gateway');`, 'not below'],
    ['one app from another', gateway, `import '@inferway/bench';`, 'not below'],
    ['the simulator from a source', openai, `import '@inferway/simulator';`, 'not below'],
    ['an unknown package', gateway, `import '@inferway/nothing';`, 'no package'],
    ['an inner file of a package', wire, `import '@inferway/core/src/call.js';`, 'exports'],
    ['a way out of the package', wire, `import '../../core/src/call.js';`, 'leaves the package'],
    [
      'a source from the older SDK',
      olderTelemetry,
      `import '../../src/a.js';`,
      'leaves the package',
    ],
    ['a missing extension', core, `import './call';`, 'extension'],
    ['an undeclared dependency', core, `import 'zod';`, 'not in the dependencies'],
    ['a test library from a source', core, `import 'vitest';`, 'not in the dependencies'],
    ['a bare builtin', core, `import 'fs';`, 'node:fs'],
    ['itself by name', core, `import '@inferway/core';`, 'import relatively'],
  ])('refuses %s', (_what, owner, text, reason) => {
    expect(problems(owner, text)).toEqual([expect.stringContaining(reason)]);
  });

  it('lets tests use test libraries and the simulator, but no other provider', () => {
    const text = `import 'vitest'; import '@inferway/simulator';`;
    expect(problems(openai, text, 'test/a.test.ts')).toEqual([]);
    expect(problems(anthropic, `import '@inferway/openai';`, 'test/a.test.ts')).toHaveLength(1);
    expect(problems(wire, `import '@inferway/simulator';`, 'test/a.test.ts')).toHaveLength(1);
  });
});

describe('checkManifest', () => {
  it('accepts what points down', () => {
    expect(checkManifest(wire, packages)).toEqual([]);
    expect(checkManifest(openai, packages)).toEqual([]);
  });

  it('refuses what points up or sideways, and a package without a place', () => {
    expect(checkManifest(anthropic, packages)).toEqual([expect.stringContaining('not below')]);
    expect(checkManifest(workspace('packages/odd'), packages)).toHaveLength(1);
  });

  it('refuses any dependency of core', () => {
    const heavy = workspace('packages/core', { dependencies: { undici: '^8' } });
    expect(checkManifest(heavy, packages)).toEqual([expect.stringContaining('core has no')]);
  });
});
