import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  pii,
  redactText,
  Redactor,
  secrets,
  words,
  type Detector,
  type Replace,
} from '../../src/guards/index.js';

const label: Replace = (_found, { kind }) => `[${kind}]`;
const all: readonly Detector[] = [
  ...secrets(),
  ...pii(),
  ...pii(['ipv4']),
  words(['Project Nile', 'Zoë'], 'NAME'),
];
const redacted = (text: string): string => redactText(text, all, label);

const PEM = `-----BEGIN RSA PRIVATE KEY-----\nMIIEow${'IBAAKCAQEA'.repeat(30)}\n-----END RSA PRIVATE KEY-----`;
const JWT = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${'dBjftJeZ4CVPmB92K27uhbUJU1p1r'}`;
const SECRETS = [
  `sk-proj-${'a1B2'.repeat(12)}`,
  `sk-ant-api03-${'xY9_'.repeat(20)}`,
  `hf_${'AbCdEfGhIj'.repeat(4)}`,
  `ghp_${'0123456789abcdef'.repeat(3)}`,
  'AKIAIOSFODNN7EXAMPLE',
  `AIza${'SyA1234567890abcdefghijklmnopqrstuv'}x`,
  JWT,
  PEM,
] as const;
const PERSONAL = [
  'jane.doe+news@mail.example.co.uk',
  '+49 30 901820-14',
  '4111 1111 1111 1111',
  '5500-0000-0000-0004',
  'DE89 3704 0044 0532 0130 00',
  '078-05-1120',
  '192.168.10.254',
  'project nile',
  'ZOË',
] as const;

describe('what is found', () => {
  it.each([...SECRETS, ...PERSONAL])('%s, wherever it stands', (found) => {
    for (const [before, after] of [
      ['', ''],
      ['My key: ', '.'],
      ['(', ')'],
      ['x\n', '\ny'],
      ['"', '"'],
    ]) {
      const text = redacted(`${before}${found}${after}`);
      expect(text).not.toContain(found);
      expect(text.startsWith(before as string)).toBe(true);
      expect(text).toMatch(/\[[A-Z_]+\]/u);
    }
  });

  it('a card before its date, an IBAN before a word in capitals', () => {
    expect(redacted('Card 4111 1111 1111 1111 12/25 please')).toBe('Card [CARD] 12/25 please');
    expect(redacted('IBAN DE89 3704 0044 0532 0130 00 AND MORE')).toBe('IBAN [IBAN] AND MORE');
  });

  it('a private key without its end, to the end', () => {
    expect(redacted(`a ${PEM.slice(0, 120)}\nrest`)).toBe('a [PRIVATE_KEY]');
  });
});

describe('what is left alone', () => {
  it.each([
    'The order 1234 5678 9012 3456 came on 2026-11-21.',
    'Version 1.2.3.4.5 of sk-learn is risk-free.',
    'Call 911, or look at https://example.com/a@b/c?x=1-2-3.',
    'GB is a country and AT 12 we meet; 0000 0000 0000 0000.',
    'ProjectNile and Project Niles are others.',
    'a @ b . com, user@localhost, tasks_123, skipping-along-the-road-to-nowhere',
    '999.1.1.1 and 1.2.3 and 3.14159',
  ])('%s', (text) => {
    expect(redacted(text)).toBe(text);
  });
});

const piece = fc.oneof(
  fc.constantFrom<string>(...SECRETS, ...PERSONAL),
  fc.constantFrom(
    ' ',
    '\n',
    ', ',
    '-',
    '.',
    '@',
    '+',
    '(',
    '1',
    '12/25',
    'AND',
    '-----BEGIN ',
    '[',
    '_',
    'é',
    '😀',
    '\ud83d',
  ),
  fc.string({ maxLength: 12, unit: 'binary' }),
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

function inPieces(whole: string, cuts: readonly number[]): string {
  const redactor = new Redactor(all, label);
  const places = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
  let out = '';
  let from = 0;
  for (const place of [...places, whole.length]) {
    out += redactor.push(whole.slice(from, place));
    from = place;
  }
  return out + redactor.end();
}

describe('a text in pieces', () => {
  it('comes out as it does in one, however it is cut', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(5000), { maxLength: 30 }), (whole, cuts) => {
        expect(inPieces(whole, cuts)).toBe(redacted(whole));
      }),
      { numRuns: 3000 },
    );
  });

  it('comes out so one character at a time', () => {
    fc.assert(
      fc.property(text, (whole) => {
        expect(
          inPieces(
            whole,
            Array.from(whole, (_char, index) => index),
          ),
        ).toBe(redacted(whole));
      }),
      { numRuns: 500 },
    );
  });

  it('never gives out a secret that stands between spaces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<string>(...SECRETS.slice(0, 6), ...PERSONAL), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.array(fc.nat(500), { maxLength: 20 }),
        (found, cuts) => {
          const out = inPieces(found.join(' and '), cuts);
          for (const one of found) expect(out).not.toContain(one);
        },
      ),
    );
  });

  it('holds back no more than its last word', () => {
    const redactor = new Redactor([...secrets(), ...pii()], label);
    expect(redactor.push('Hello wor')).toBe('Hello ');
    expect(redactor.push('ld, how ')).toBe('world, how ');
    expect(redactor.end()).toBe('');
  });

  it('drops the rest of what is too long to be held', () => {
    const redactor = new Redactor(secrets(), label);
    let out = redactor.push('key sk-');
    for (let index = 0; index < 3000; index++) out += redactor.push('abcdefgh');
    out += redactor.push(' over');
    expect(out + redactor.end()).toBe('key [SECRET] over');
  });

  it('lets a long text without a break pass', () => {
    const redactor = new Redactor(all, label);
    let out = '';
    for (let index = 0; index < 5000; index++) out += redactor.push('QUJD');
    expect(out + redactor.end()).toBe('QUJD'.repeat(5000));
  });
});

describe('a text made to be slow', () => {
  const LONG = 200_000;
  it.each([
    ['no end of a mail', 'a'.repeat(LONG)],
    ['many ats', 'a@'.repeat(LONG / 2)],
    ['many dots', `a@${'a.'.repeat(LONG / 2)}`],
    ['digits', '1 '.repeat(LONG / 2)],
    ['dashes', '-'.repeat(LONG)],
    ['key prefixes', 'sk-'.repeat(LONG / 3)],
    ['heads of keys', '-----BEGIN PRIVATE KEY-----'.repeat(LONG / 27)],
    ['tokens', 'eyJ'.repeat(LONG / 3)],
    ['capitals', 'DE89'.repeat(LONG / 4)],
    ['brackets', '[A_'.repeat(LONG / 3)],
  ])('takes no more than a small multiple of its length: %s', (_name, slow) => {
    let looks = 0;
    const counting = all.map((detector) => ({
      ...detector,
      find: (given: string, from: number) => {
        looks++;
        return detector.find(given, from);
      },
    }));
    redactText(slow, counting, label);
    expect(looks).toBeLessThan(all.length * (LONG / 5));
  });
});
