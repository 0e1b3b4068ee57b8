import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const entry = fileURLToPath(new URL('../src/index.ts', import.meta.url));

/** What importing a file loads: the modules of its import and export statements, types left out. */
function loads(file: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const statements = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\s+(?!type\b)(?:[^;]*?from\s+)?'([^']+)'/gmu,
  );
  for (const [, specifier = ''] of statements) {
    if (!specifier.startsWith('.')) seen.add(specifier);
    else loads(fileURLToPath(new URL(specifier.replace(/\.js$/u, '.ts'), `file://${file}`)), seen);
  }
  return seen;
}

describe('importing the kit', () => {
  it('loads neither undici nor anything of Node’s, so that it starts fast and runs elsewhere', () => {
    const loaded = [...loads(entry)].filter((name) => !name.startsWith('/'));
    expect(loaded.toSorted()).toEqual(['@inferway/core', '@inferway/wire']);
  });

  it('would see it if it did', () => {
    const dispatcher = entry.replace('index.ts', 'transport/undici/undici-dispatcher.ts');
    expect(loads(dispatcher)).toContain('undici');
  });
});
