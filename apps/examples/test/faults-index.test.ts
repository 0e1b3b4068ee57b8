import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const page = new URL('../../../docs/faults.md', import.meta.url);
const rows = readFileSync(page, 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, id = '', , does = '', tests = ''] = line.split('|').map((cell) => cell.trim());
    const files = [...tests.matchAll(/\]\(([^)]+)\)/gu)].map(([, path = '']) => path);
    return /^F\d\d$/u.test(id) ? [{ id, does, files }] : [];
  });

/** The titles of a file's tests and groups: texts that stand first in a call and are followed by its function. */
function titlesOf(source: string): readonly string[] {
  const title =
    /\(\s*(['"`])((?:(?!\1)[^\n])+)\1,\s*(?:\{[^}]*\},\s*)?(?:async\b\s*)?(?:\(|\w+\s*=>)/gu;
  return [...source.matchAll(title)].map(([, , text = '']) => text);
}

/** `F44 to F47` names those between them, too. */
function namesOf(title: string): readonly string[] {
  return [...title.matchAll(/\bF(\d\d)(?: to F(\d\d))?\b/gu)].flatMap(([, from, to = from]) =>
    Array.from(
      { length: Number(to) - Number(from) + 1 },
      (_none, index) => `F${String(Number(from) + index).padStart(2, '0')}`,
    ),
  );
}

describe('the page of faults', () => {
  test('has every fault of the catalogue once, in order, with what is done about it', () => {
    expect(rows.map(({ id }) => id)).toEqual(
      Array.from({ length: 71 }, (_none, index) => `F${String(index + 1).padStart(2, '0')}`),
    );
    expect(rows.filter(({ does, files }) => does === '' || files.length === 0)).toEqual([]);
  });

  test.each(rows.map(({ id, files }) => [id, files] as const))(
    '%s is named by a test in each file that its row points to',
    (id, files) => {
      for (const path of files) {
        const file = fileURLToPath(new URL(path, page));
        expect(existsSync(file), `${path} is not there`).toBe(true);
        const named = titlesOf(readFileSync(file, 'utf8')).flatMap(namesOf);
        expect(named, `no title in ${path} names ${id}`).toContain(id);
      }
    },
  );
});
