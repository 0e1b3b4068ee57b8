import { parseSync } from 'oxc-parser';
import type { FencedBlock } from './fenced-block.js';

/** All TypeScript of a page as one module. */
export interface PageModule {
  readonly text: string;
  /** For each line of `text`, from index 0, the line of the page that it came from; 0 for lines of our own. */
  readonly lines: readonly number[];
  /** True where the page adds to another module's types, which the whole program would see. */
  readonly augments: boolean;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/**
 * Reads a page as its reader does, from the top: a block sees what earlier blocks declared and may declare the same name anew.
 * So imports move to the top and every block opens a scope inside of the one before it.
 */
export function pageModule(blocks: readonly FencedBlock[]): PageModule {
  const imports = new ImportList();
  const hoisted = new LineList();
  const body = new LineList();
  let augments = false;

  for (const block of blocks) {
    const { program, errors } = parseSync('snippet.ts', block.text);
    const [broken] = errors;
    if (broken !== undefined) throw new Error(`line ${block.line}: ${broken.message}`);
    const statements = program.body;
    const merges = statements.some((statement) => statement.type === 'TSModuleDeclaration');
    augments ||= merges;
    const edits: Edit[] = [];
    for (const statement of statements) {
      const { start, end } = statement;
      const source = block.text.slice(start, end);
      const line = block.line + block.text.slice(0, start).split('\n').length - 1;
      if (statement.type === 'ImportDeclaration') {
        imports.add(source, line);
        edits.push({ start, end, by: '' });
      } else if (
        // No scope but the module's own takes these.
        statement.type === 'TSModuleDeclaration' ||
        source.startsWith('declare ') ||
        // What a `declare module` may name must stand beside it.
        (merges && /^(export )?(interface|type) /u.test(source))
      ) {
        hoisted.add(source.replace(/^export /u, ''), line);
        edits.push({ start, end, by: '' });
      } else if (statement.type === 'ExportDefaultDeclaration') {
        edits.push({ start, end: start + 'export default'.length, by: 'void' });
      } else if (statement.type === 'ExportNamedDeclaration') {
        edits.push({ start, end: start + 'export'.length, by: '' });
      }
    }
    body.add('{', 0);
    body.add(edited(block.text, edits), block.line);
  }
  body.add('}'.repeat(blocks.length), 0);
  body.add('export {};', 0);

  const all = [...imports.lines(), ...hoisted.entries, ...body.entries];
  return {
    text: `${all.map(({ text }) => text).join('\n')}\n`,
    lines: all.map(({ line }) => line),
    augments,
  };
}

/** Applies edits that do not overlap, in order; the count of lines stays. */
function edited(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, by } of edits) {
    result += text.slice(at, start) + by + text.slice(start, end).replaceAll(/[^\n]/gu, '');
    at = end;
  }
  return result + text.slice(at);
}

interface Line {
  readonly text: string;
  readonly line: number;
}

class LineList {
  readonly entries: Line[] = [];

  add(text: string, line: number): void {
    for (const [offset, one] of text.split('\n').entries()) {
      this.entries.push({ text: one, line: line === 0 ? 0 : line + offset });
    }
  }
}

/** Imports of several blocks, each name once. */
class ImportList {
  readonly #named = new Map<string, { from: string; type: boolean; line: number }>();
  readonly #other = new Map<string, number>();

  add(source: string, line: number): void {
    const named = /^import (?<type>type )?\{(?<names>[^}]*)\} from (?<from>'[^']+');?$/su.exec(
      source,
    );
    if (named?.groups === undefined || named.groups['names']?.trim() === '') {
      if (!this.#other.has(source)) this.#other.set(source, line);
      return;
    }
    const { type, names = '', from = '' } = named.groups;
    for (const written of names.split(',')) {
      const plain = written.trim().replace(/^type /u, '');
      if (plain === '') continue;
      const isType = type !== undefined || plain !== written.trim();
      const known = this.#named.get(plain);
      if (known !== undefined && known.from !== from) {
        throw new Error(
          `line ${line}: ${plain} comes from ${from} here and from ${known.from} above`,
        );
      }
      this.#named.set(plain, {
        from,
        type: isType && (known?.type ?? true),
        line: known?.line ?? line,
      });
    }
  }

  lines(): Line[] {
    return [
      ...[...this.#other].map(([text, line]) => ({ text: text.replaceAll('\n', ' '), line })),
      ...[...this.#named].map(([name, { from, type, line }]) => ({
        text: `import ${type ? 'type ' : ''}{ ${name} } from ${from};`,
        line,
      })),
    ];
  }
}
