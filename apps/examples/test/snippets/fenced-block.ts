/** One block of code on a page. */
export interface FencedBlock {
  /** What stands behind the opening fence: `ts`, `sh`. */
  readonly info: string;
  readonly text: string;
  /** Line of the page on which `text` begins, from 1. */
  readonly line: number;
}

const OPEN = /^(?<indent> *)(?<fence>`{3,}|~{3,})(?<info>[^`]*)$/u;
const HIDDEN_OPEN = /^<!-- ts$/u;

/**
 * The fenced blocks of a page in order, and its hidden preludes: comments that begin with `<!-- ts`, compiled like a `ts` block but not shown.
 *
 * @throws on a block that is never closed.
 */
export function fencedBlocks(page: string): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  const lines = page.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const hidden = HIDDEN_OPEN.test(line);
    const groups = OPEN.exec(line)?.groups;
    if (!hidden && groups === undefined) continue;
    const { indent = '', fence = '', info = '' } = groups ?? {};
    const closes = hidden
      ? (candidate: string): boolean => candidate === '-->'
      : (candidate: string): boolean => new RegExp(`^ *${fence}+ *$`, 'u').test(candidate);
    const begin = at + 1;
    do at++;
    while (at < lines.length && !closes(lines[at] ?? ''));
    if (at >= lines.length) throw new Error(`line ${begin}: this block is never closed`);
    blocks.push({
      info: hidden ? 'ts' : info.trim(),
      text: lines
        .slice(begin, at)
        .map((text) => (text.startsWith(indent) ? text.slice(indent.length) : text))
        .join('\n'),
      line: begin + 1,
    });
  }
  return blocks;
}
