import { describe, expect, it } from 'vitest';
import { compilePages } from './compile-pages.js';

const fence = '```';
const page = (...lines: string[]): { path: string; text: string } => ({
  path: 'page.md',
  text: lines.join('\n'),
});

describe('compilePages', () => {
  it('accepts a page whose blocks build on each other, shadow names, export and augment', () => {
    const good = page(
      '# A page',
      `${fence}ts`,
      `import { createClient, type Message } from '@inferway/core';`,
      `const client = createClient({ providers: [] });`,
      `export const messages: Message[] = [{ role: 'user', content: 'hi' }];`,
      fence,
      'More.',
      `${fence}ts`,
      `import { createClient, InferwayError } from '@inferway/core';`,
      `await client.close();`,
      `const other = createClient({ providers: [] });`,
      `const first = messages[0];`,
      `export default other;`,
      fence,
      `${fence}ts`,
      `interface Wish { text: string }`,
      `declare module '@inferway/core' {`,
      `  interface Operations { wish: { request: Wish; result: { granted: boolean }; event: never } }`,
      `}`,
      `const messages: string[] = [];`,
      fence,
      `${fence}sh`,
      `not typescript`,
      fence,
    );
    expect(compilePages([good])).toEqual([]);
  });

  it('tells the page and line of a wrong type, also in an import and in a hidden prelude', () => {
    const bad = page(
      '<!-- ts',
      'declare const count: number;',
      '-->',
      `${fence}ts`,
      `import { createKlient } from '@inferway/core';`,
      '',
      'const text: string = count;',
      fence,
      `${fence}ts`,
      `const more: string = text.length;`,
      fence,
    );
    expect(compilePages([bad])).toEqual([
      expect.stringMatching(/^page\.md:5: error TS2\d+: .*createKlient/u),
      expect.stringMatching(/^page\.md:7: error TS2322/u),
      expect.stringMatching(/^page\.md:10: error TS2322/u),
    ]);
  });

  it.each(['typescript', 'js', 'javascript', 'ts no-check', 'tsx'])(
    'refuses a block marked %s, which would pass unchecked',
    (info) => {
      expect(compilePages([page(`${fence}${info}`, 'x', fence)])).toEqual([
        expect.stringContaining('page.md:2: write this block as "ts"'),
      ]);
    },
  );

  it('refuses a block that is never closed, and one that is no TypeScript', () => {
    expect(compilePages([page('a', `${fence}ts`, 'const x = 1;')])).toEqual([
      'page.md: line 2: this block is never closed',
    ]);
    expect(compilePages([page(`${fence}ts`, 'const = 1;', fence)])).toHaveLength(1);
  });

  it('tells two pages apart, and keeps what one adds to a module away from the other', () => {
    const adds = page(
      `${fence}ts`,
      `import type {} from '@inferway/core';`,
      `declare module '@inferway/core' { interface Operations { sing: { request: object; result: object; event: never } } }`,
      fence,
    );
    const uses = {
      path: 'other.md',
      text: `${fence}ts\nimport type { Operation } from '@inferway/core';\nconst name: Operation = 'sing';\n${fence}`,
    };
    expect(compilePages([adds, uses])).toEqual([expect.stringMatching(/^other\.md:3: error/u)]);
  });
});
