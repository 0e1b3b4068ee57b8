/** How long an answer is asked to be. */
export interface LengthWish {
  readonly unit: 'words' | 'sentences' | 'paragraphs' | 'tokens';
  readonly count: number;
}

const NUMBERS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];

const WISH =
  /\b(\d{1,6}|a(?=\s+(?:\w+\s+)?(?:sentence|paragraph))|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?:\s+(?:short|long|single|full|complete|english))?[\s-]+(word|sentence|paragraph|token)s?\b/iu;

/** Reads "in 50 words", "two sentences", "a 300-word essay" out of a prompt; undefined where nothing of the kind is asked. */
export function lengthWish(prompt: string): LengthWish | undefined {
  const found = WISH.exec(prompt);
  if (found === null) return undefined;
  const [, amount = '', unit = ''] = found;
  const spelled = NUMBERS.indexOf(amount.toLowerCase());
  const count =
    amount.toLowerCase() === 'a' ? 1 : spelled >= 0 ? spelled : Number.parseInt(amount, 10);
  return { unit: `${unit.toLowerCase()}s` as LengthWish['unit'], count: Math.max(1, count) };
}
