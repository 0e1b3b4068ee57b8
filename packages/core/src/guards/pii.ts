import { badOption } from '../option-checks.js';
import { patternDetector, type Detector } from './detector.js';

/** Kinds of personal data that can be known by their form. Names and addresses cannot: that needs a model of one's own. */
export type PiiKind = 'email' | 'phone' | 'card' | 'iban' | 'us-ssn' | 'ipv4';

const KINDS: Readonly<Record<PiiKind, () => Detector>> = {
  email: () =>
    patternDetector({
      kind: 'EMAIL',
      pattern:
        /(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}(?![A-Za-z0-9-])/u,
      alphabet: /[A-Za-z0-9._%+@-]/u,
      longest: 730,
    }),
  // With the country's code, or in the American form: other digits are too often something else.
  phone: () =>
    patternDetector({
      kind: 'PHONE',
      pattern:
        /(?<![\w+])(?:\+[1-9](?:[ ().-]{0,2}\d){6,14}(?!\d)|\(\d{3}\) ?\d{3}-\d{4}(?!\d)|\d{3}-\d{3}-\d{4}(?![\d-]))/u,
      alphabet: /[\d ().+-]/u,
      starts: /[\d+(]/u,
      longest: 46,
    }),
  card: () =>
    patternDetector({
      kind: 'CARD',
      pattern: /(?<![\d-])\d(?:[ -]?\d){12,18}(?!\d)/u,
      alphabet: /[\d -]/u,
      starts: /\d/u,
      accept: (match) => longestThat(match, 13, luhn),
      longest: 38,
    }),
  iban: () =>
    patternDetector({
      kind: 'IBAN',
      pattern:
        /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/u,
      alphabet: /[A-Z0-9 ]/u,
      starts: /[A-Z]/u,
      accept: (match) => longestThat(match, 15, mod97),
      longest: 45,
    }),
  'us-ssn': () =>
    patternDetector({
      kind: 'US_SSN',
      pattern: /(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/u,
      alphabet: /[\d-]/u,
      starts: /\d/u,
      longest: 12,
    }),
  ipv4: () =>
    patternDetector({
      kind: 'IP',
      pattern:
        /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\d|\.\d)/u,
      alphabet: /[\d.]/u,
      starts: /\d/u,
      longest: 18,
    }),
};

const BY_DEFAULT: readonly PiiKind[] = ['email', 'phone', 'card', 'iban', 'us-ssn'];

/** Finds personal data by its form. @param kinds Default: all but `ipv4`, which is more often a machine than a person. */
export function pii(kinds: readonly PiiKind[] = BY_DEFAULT): readonly Detector[] {
  return kinds.map((kind) => {
    const make = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
    if (make === undefined) {
      throw badOption(
        'kinds',
        `pii: there is no kind ${JSON.stringify(kind)}. Known: ${Object.keys(KINDS).join(', ')}.`,
      );
    }
    return make();
  });
}

/**
 * The length of the longest beginning of `match`, whole groups of at least `shortest` characters, whose check digits hold: what stands after a
 * number (its date of expiry, the next word) often looks like more of it.
 */
function longestThat(match: string, shortest: number, holds: (bare: string) => boolean): number {
  for (let end = match.length; end >= shortest; end--) {
    const isEnd = end === match.length || /[ -]/u.test(match[end] as string);
    const bare = isEnd ? match.slice(0, end).replace(/[ -]/gu, '') : '';
    if (bare.length >= shortest && holds(bare)) return end;
  }
  return 0;
}

/** The check digit of payment cards. */
function luhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0 && !/^0+$/u.test(digits);
}

/** The check digits of an IBAN (ISO 7064). */
function mod97(iban: string): boolean {
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
