/*
 * Vectors tell what a text is about, not what it says of it: "enable it" and "disable it", "in 2023" and "in 2024" lie close together. What they
 * blur is compared here word for word. The lists are English; of other languages it is the numbers, names, quotations and the order of words that count.
 */

const listed = (...lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => line.split(' '));

const NEGATIONS = listed(
  'no not never none nothing nobody without except unless neither nor cannot cant dont doesnt didnt isnt arent wasnt werent wont wouldnt shouldnt couldnt hasnt havent non',
);

/** "One" is most often no number; against another one it still differs. */
const NUMBERS = listed(
  'zero two three four five six seven eight nine ten eleven twelve hundred thousand million billion half twice double triple once',
  'second third fourth fifth monday tuesday wednesday thursday friday saturday sunday',
  'january february march april may june july august september october november december',
);

/** Words whose opposites stand in the same sentences. */
const OPPOSITES = listed(
  'on off in out up down over under before after first last more less most least above below with',
  'enable disable enabled disabled enabling disabling start stop begin end open close lock unlock',
  'add remove insert delete create destroy increase decrease raise lower grow shrink maximum minimum max min',
  'buy sell lend borrow send receive import export upload download push pull read write encode decode',
  'encrypt decrypt install uninstall connect disconnect login logout allow deny accept reject grant revoke',
  'true false good bad best worst high low hot cold left right north south east west old new tallest shortest longest biggest smallest highest lowest',
  'day night morning evening today tomorrow yesterday male female man woman mother father',
  'safe unsafe legal illegal possible impossible public private internal external positive negative',
  'pro con pros cons advantage disadvantage advantages disadvantages win lose profit loss cause effect',
);

const TELLING: ReadonlySet<string> = new Set([...NEGATIONS, ...NUMBERS, ...OPPOSITES]);

/** Words that begin a sentence with a capital and are no names. Another one that does may be a name, and counts as one. */
const BEGINNERS: ReadonlySet<string> = new Set(
  listed(
    'what whats who whos whom whose which when where wheres why how hows is are was were am do does did can could will would should shall may might must has have had',
    'i im id ill ive you youre we he she it its they the a an this that these those there here my your his her our their some any all each every many much several',
    'of for to from by at as about into and but or so if then because while since until though also just only please kindly could',
    'tell give show list explain describe define name find get make write say let help compare summarize translate calculate compute convert provide suggest recommend',
    'hi hello hey thanks thank ok okay yes well now want need looking trying',
  ),
);

const QUOTED =
  /"([^"]*)"|“([^“”]*)”|«([^«»]*)»|`([^`]*)`|(?<![\p{L}\p{N}])'([^']*)'(?![\p{L}\p{N}])/gu;
// A word with what joins it within: don't, 3.14, user@host, a_b, x-ray, C++.
const WORD = /[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}]|[-.,:/@_'’+#%&](?=[\p{L}\p{N}]))*[+#%]*/gu;

/**
 * True where two questions have the same numbers, quotations, names (capitals within a sentence), identifiers, negations and words that have an
 * opposite, each in the same order, and are not the same words in another order.
 */
export function sameFacts(asked: string, known: string): boolean {
  if (asked === known) return true;
  const one = factsOf(asked);
  const other = factsOf(known);
  if (one.facts !== other.facts) return false;
  return one.words.join(' ') === other.words.join(' ') || !sameWords(one.words, other.words);
}

interface Facts {
  readonly facts: string;
  readonly words: readonly string[];
}

function factsOf(text: string): Facts {
  const normal = text.normalize('NFKC');
  const quoted = [...normal.matchAll(QUOTED)].map((match) => match.slice(1).join(''));
  const found: string[] = [];
  const words: string[] = [];
  let begins = true;
  let end = 0;
  for (const match of normal.matchAll(WORD)) {
    begins ||= /[.!?:\n]/u.test(normal.slice(end, match.index));
    const [word] = match;
    const plain = word.toLowerCase().replaceAll(/['’]/gu, '');
    words.push(plain);
    if (isFact(word, plain, begins) || TELLING.has(plain))
      found.push(signOf(normal, match.index) + plain);
    begins = false;
    end = match.index + word.length;
  }
  return { facts: JSON.stringify([quoted, found]), words };
}

function isFact(word: string, plain: string, begins: boolean): boolean {
  if (/\p{N}|[@_/#+%]|\.\p{L}/u.test(word)) return true;
  // Capitals within a word or of a whole word are a name wherever they stand; "I" is none.
  if (/.\p{Lu}/u.test(word)) return true;
  if (!/^\p{Lu}/u.test(word)) return false;
  return begins ? !BEGINNERS.has(plain) : !/^I(?:['’]|$)/u.test(word);
}

// What stands right before a number belongs to it: -5, $5, <5.
function signOf(text: string, index: number): string {
  return /[-−$€£¥<>=~±]*$/u.exec(text.slice(Math.max(0, index - 3), index))?.[0] ?? '';
}

function sameWords(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.toSorted().join(' ') === other.toSorted().join(' ');
}
