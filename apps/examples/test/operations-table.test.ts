import { describe, expect, it } from 'vitest';
import { operationsTable, putTable, readAbilities } from '../run/operations-table.js';
import { readPage } from './pages.js';
import { workspace } from './workspace.js';

describe('the table of operations and providers', () => {
  it('says what the providers of this repository have (npx -y pnpm@12 operations-table writes it)', async () => {
    const { text } = readPage('docs/providers/README.md');
    const abilities = await readAbilities(workspace);
    expect(abilities.length).toBeGreaterThan(3);
    expect(text).toBe(putTable(text, operationsTable(abilities)));
    expect(text).toContain('`chat`');
  });

  it('shows operations that a provider brings of its own, and batch APIs', () => {
    const table = operationsTable([
      {
        folder: 'acme',
        operations: new Set(['chat', 'classify']),
        batch: ['chat'],
        models: true,
        files: false,
      },
    ]);
    expect(table).toContain('`raw` | `classify` | models');
    expect(table).toContain('| [acme](acme.md) |');
    expect(table).toMatch(/\| yes \|(?:  \|){8} yes \| yes \|  \| chat \|$/u);
  });
});
