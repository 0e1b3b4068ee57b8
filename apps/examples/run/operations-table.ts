import { globSync } from 'node:fs';
import { basename, join } from 'node:path';

/** In the order in which the table shows them; what a provider brings of its own comes after. */
const ORDER = [
  'chat',
  'complete',
  'embed',
  'image',
  'speech',
  'transcribe',
  'rerank',
  'countTokens',
  'raw',
] as const;

/** What a provider can do, as its object says. */
export interface Abilities {
  /** The folder of its package. */
  readonly folder: string;
  readonly operations: ReadonlySet<string>;
  /** Operations of its batch API. */
  readonly batch: readonly string[];
  readonly models: boolean;
  readonly files: boolean;
}

const NOT_OPERATIONS = new Set(['models', 'close']);
// Enough for each factory; none is called.
const SETTINGS = {
  name: 'any',
  apiKey: 'none',
  baseUrl: 'http://127.0.0.1:9/v1',
  url: 'http://127.0.0.1:9',
};

/** Makes one provider of every package in `packages/providers` and looks at what it has. */
export async function readAbilities(workspace: string): Promise<Abilities[]> {
  const manifests = globSync('packages/providers/*/package.json', { cwd: workspace }).sort();
  return Promise.all(
    manifests.map(async (manifest) => {
      const folder = basename(join(manifest, '..'));
      const exported = (await import(`@inferway/${folder}`)) as Readonly<Record<string, unknown>>;
      return abilitiesOf(folder, providerOf(folder, exported));
    }),
  );
}

/** The table as Markdown. */
export function operationsTable(all: readonly Abilities[]): string {
  const known = new Set<string>(ORDER);
  const own = all.flatMap(({ operations }) => [...operations].filter((name) => !known.has(name)));
  const columns = [...ORDER, ...new Set(own)];
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row(['provider', ...columns.map((name) => `\`${name}\``), 'models', 'files', 'batch API']),
    row(Array.from({ length: columns.length + 4 }, () => '---')),
    ...all.map(({ folder, operations, models, files, batch }) =>
      row([
        // Its page beside the table; that links the package.
        `[${folder}](${folder}.md)`,
        ...columns.map((name) => (operations.has(name) ? 'yes' : '')),
        models ? 'yes' : '',
        files ? 'yes' : '',
        batch.join(', '),
      ]),
    ),
  ].join('\n');
}

/** `page` with the table between its two markers. */
export function putTable(page: string, table: string): string {
  return page.replace(
    /(<!-- operations -->\n)[\s\S]*?(\n<!-- \/operations -->)/u,
    (_all, begin: string, end: string) => `${begin}\n${table}\n${end}`,
  );
}

function providerOf(folder: string, exported: Readonly<Record<string, unknown>>): object {
  for (const [name, factory] of Object.entries(exported)) {
    if (!name.startsWith('create') || typeof factory !== 'function') continue;
    const made: unknown = (factory as (settings: object) => unknown)(SETTINGS);
    if (typeof made === 'object' && made !== null && 'name' in made) return made;
  }
  throw new Error(`@inferway/${folder} exports no factory of a provider.`);
}

function abilitiesOf(folder: string, provider: object): Abilities {
  const entries = Object.entries(provider);
  const operations = entries
    .filter(([name, value]) => typeof value === 'function' && !NOT_OPERATIONS.has(name))
    .map(([name]) => name);
  const { batch } = provider as { readonly batch?: { readonly operations: readonly string[] } };
  return {
    folder,
    operations: new Set(operations),
    models: 'models' in provider,
    files: 'files' in provider,
    batch: batch?.operations ?? [],
  };
}
