import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_MODELS, FAULTS } from '../src/index.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('the README', () => {
  it('lists every fault with its title, and no other', () => {
    const rows = [...readme.matchAll(/^\| `(\S+)` \| (.+) \|$/gm)].map(([, id, title]) => ({
      id,
      title,
    }));
    expect(rows.slice(-FAULTS.length)).toEqual(FAULTS.map(({ id, title }) => ({ id, title })));
  });

  it('lists every model with its prices', () => {
    for (const { id, prices } of DEFAULT_MODELS) {
      const row = new RegExp(`^\\| \`${id}\` \\| ([\\d.]+) / ([\\d.]+) \\|`, 'm').exec(readme);
      expect([Number(row?.[1]) * 1e9, Number(row?.[2]) * 1e9]).toEqual([
        prices.input,
        prices.output,
      ]);
    }
  });
});
