import { existsSync, globSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ERROR_CODES } from '@inferway/core';
import { FAULTS } from '@inferway/simulator';
import { describe, expect, it } from 'vitest';
import { readPage, readPages, type Page } from './pages.js';
import { compilePages } from './snippets/compile-pages.js';
import { fencedBlocks } from './snippets/fenced-block.js';
import { workspace } from './workspace.js';

interface Manifest {
  readonly name: string;
  readonly description: string;
  readonly private?: boolean;
}

const pages = readPages();

describe('the pages', () => {
  it('hold only TypeScript that compiles against the sources', { timeout: 60_000 }, () => {
    const blocks = pages
      .flatMap(({ text }) => fencedBlocks(text))
      .filter(({ info }) => info === 'ts');
    expect(blocks.length).toBeGreaterThan(30);
    expect(compilePages(pages)).toEqual([]);
  });

  it('link to files and headings that exist', () => {
    expect(pages.flatMap((page) => brokenLinks(page))).toEqual([]);
  });

  it('name only scripts that the workspace has', () => {
    const { scripts } = JSON.parse(readPage('package.json').text) as { scripts: object };
    const unknown = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/npx -y pnpm@12 (?<script>[a-z][\w:-]*)/gu)]
        .map(({ groups }) => groups?.['script'] ?? '')
        .filter((script) => !(script in scripts) && script !== 'exec' && script !== 'install')
        .map((script) => `${path}: ${script}`),
    );
    expect(unknown).toEqual([]);
  });

  it('name only faults that the simulator has', () => {
    const known = new Set(FAULTS.map(({ id }) => id));
    const named = pages.flatMap(({ text }) =>
      [...text.matchAll(/:fault-(?<id>[\w-]+)|faults\.(?:next|set)\('(?<order>[^']+)'/gu)].map(
        ({ groups }) => groups?.['id'] ?? groups?.['order'] ?? '',
      ),
    );
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((id) => !known.has(id))).toEqual([]);
  });

  it('list every public package in the README, in its own words', () => {
    const manifests = globSync(
      '{packages,packages/providers,packages/stores,apps}/*/package.json',
      {
        cwd: workspace,
      },
    );
    const listed = manifests
      .map((path) => ({ path, ...(JSON.parse(readPage(path).text) as Manifest) }))
      .filter((manifest) => manifest.private !== true)
      .map(({ path, name, description }) => {
        return `| [\`${name}\`](${dirname(path)}/README.md) | ${description} |`;
      });
    const rows = readPage('README.md')
      .text.split('\n')
      .filter((line) => line.startsWith('| [`'));
    expect(rows.toSorted()).toEqual(listed.toSorted());
  });

  it('tell every error code once, with its status and what may help', () => {
    const yes = (flag: boolean): string => (flag ? 'yes' : 'no');
    const rows = readPage('docs/guide/errors.md')
      .text.split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, code, status, retryable, fallbackable]) => [code, status, retryable, fallbackable]);
    const codes = Object.entries(ERROR_CODES).map(([code, { status, retryable, fallbackable }]) => [
      `\`${code}\``,
      String(status),
      yes(retryable),
      yes(fallbackable),
    ]);
    expect(rows).toEqual(codes);
  });
});

function brokenLinks({ path, text }: Page): string[] {
  const prose = text.replaceAll(/^(`{3,}).*?^\1`*$/gmsu, '').replaceAll(/`[^`]*`/gu, '');
  return [...prose.matchAll(/\]\((?<target>[^)\s]+)\)/gu)].flatMap(({ groups }) => {
    const target = groups?.['target'] ?? '';
    if (/^[a-z]+:/u.test(target)) return [];
    const [file = '', heading] = target.split('#');
    const found = file === '' ? join(workspace, path) : join(workspace, dirname(path), file);
    if (!existsSync(found)) return [`${path}: ${target}`];
    if (heading === undefined || headings(relative(workspace, found)).includes(heading)) return [];
    return [`${path}: ${target} (no such heading)`];
  });
}

/** Anchors as GitHub makes them. */
function headings(path: string): string[] {
  return [...readPage(path).text.matchAll(/^#+ (?<title>.+)$/gmu)].map(({ groups }) =>
    (groups?.['title'] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
