import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspace } from './workspace.js';

/** An interface with its text; ends at the first line that closes a brace at the margin. */
const DECLARATION = /^export interface (?<name>\w+)[^\n]*\{\n(?<body>.*?)^\}/gmsu;
/** A member with the comment above it. */
const MEMBER = /\/\*\*(?<comment>(?:(?!\*\/).)*)\*\/\s+readonly (?<member>\w+)\??:/gsu;

const bodies = new Map(
  globSync('packages/core/src/**/*.ts', { cwd: workspace })
    .sort()
    .flatMap((path) => [...readFileSync(join(workspace, path), 'utf8').matchAll(DECLARATION)])
    .map(({ groups }) => [groups?.['name'] ?? '', groups?.['body'] ?? '']),
);

/** The defaults that the comments in an interface of core give as a number, seconds in milliseconds: member and number. */
export function numbersByDefault(name: string): readonly (readonly [string, number])[] {
  return [...(bodies.get(name) ?? '').matchAll(MEMBER)].flatMap(({ groups }) => {
    const told = /\bDefault (?<number>\d[\d,]*(?:\.\d+)?)(?<seconds> s\b)?/u.exec(
      groups?.['comment'] ?? '',
    )?.groups;
    if (told === undefined) return [];
    const number = numberOf(told['number'] ?? '');
    return [
      [groups?.['member'] ?? '', told['seconds'] === undefined ? number : number * 1000] as const,
    ];
  });
}

/** `60,000` as a number. */
export function numberOf(written: string): number {
  return Number(written.replaceAll(',', ''));
}
