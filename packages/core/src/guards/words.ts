import { badOption } from '../option-checks.js';
import { patternDetector, type Detector } from './detector.js';

/**
 * Finds words and phrases of one's own: names of projects, customers. Capitals do not matter, and only whole words count.
 *
 * @param kind What stands in their place, `[PROJECT]`. Default `WORD`.
 */
export function words(list: readonly string[], kind = 'WORD'): Detector {
  const given = Array.isArray(list)
    ? list.filter((word) => typeof word === 'string' && word.trim() !== '')
    : [];
  if (given.length === 0 || given.length !== list.length) {
    throw badOption('list', 'words: the list is empty or holds an empty word. Give words.');
  }
  // The longest first, so that of two that begin alike the longer is taken.
  const alternatives = given
    .toSorted((a, b) => b.length - a.length)
    .map((word) => [...word].map(eitherCase).join(''));
  const characters = new Set(given.flatMap((word) => [...word]).flatMap(casesOf));
  const inWords = `[${[...characters].map(escape).join('')}]`;
  const longest = Math.max(...given.map((word) => word.length));
  return patternDetector({
    kind,
    pattern: new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives.join('|')})(?![\\p{L}\\p{N}])`, 'u'),
    // Tested by UTF-16 units: one half of a pair counts where a word holds a pair.
    alphabet: longestUnit(characters) === 1 ? new RegExp(inWords, 'u') : ANYTHING,
    longest,
  });
}

const ANYTHING = /[^]/u;

function longestUnit(characters: Iterable<string>): number {
  return Math.max(...[...characters].map((char) => char.length));
}

function casesOf(char: string): readonly string[] {
  return [char, char.toLowerCase(), char.toUpperCase()].filter((one) => [...one].length === 1);
}

function eitherCase(char: string): string {
  const cases = [...new Set(casesOf(char))];
  return cases.length === 1 ? escape(char) : `[${cases.map(escape).join('')}]`;
}

function escape(char: string): string {
  return /[\^$\\.*+?()[\]{}|/-]/u.test(char) ? `\\${char}` : char;
}
