import type { Detector } from './detector.js';

const BEGIN = '-----BEGIN ';
const HEAD = /-----BEGIN (?:[A-Z]{1,20} ){0,3}PRIVATE KEY-----/gu;
const TAIL = /-----END (?:[A-Z]{1,20} ){0,3}PRIVATE KEY-----/gu;
// Of a head that is not whole yet.
const LONGEST_HEAD = 100;

/** Private keys in PEM, from the first line to the last; one without its last line reaches to the end of the text. */
export function pemDetector(): Detector {
  const find: Detector['find'] = (text, from) => {
    HEAD.lastIndex = from;
    const head = HEAD.exec(text);
    if (head === null) return undefined;
    TAIL.lastIndex = head.index + head[0].length;
    const tail = TAIL.exec(text);
    return { start: head.index, end: tail === null ? text.length : tail.index + tail[0].length };
  };
  return {
    kind: 'PRIVATE_KEY',
    find,
    open(text, from) {
      for (let found = find(text, from); found !== undefined; found = find(text, found.end)) {
        if (found.end === text.length) return found.start;
      }
      return headBegun(text, Math.max(from, text.length - LONGEST_HEAD));
    },
    beyond: (text) => text.length,
  };
}

// The place where the text ends in a part of a head.
function headBegun(text: string, from: number): number {
  for (let at = text.indexOf('-', from); at !== -1; at = text.indexOf('-', at + 1)) {
    const rest = text.slice(at);
    if (BEGIN.startsWith(rest) || (rest.startsWith(BEGIN) && /^[A-Z -]*$/u.test(rest))) return at;
  }
  return text.length;
}
