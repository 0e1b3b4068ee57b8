// Writes the table of operations and providers into docs/providers/README.md: npx -y pnpm@12 operations-table
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operationsTable, putTable, readAbilities } from './operations-table.js';

const workspace = join(import.meta.dirname, '../../..');
const page = join(workspace, 'docs/providers/README.md');
const table = operationsTable(await readAbilities(workspace));
writeFileSync(page, putTable(readFileSync(page, 'utf8'), table));
