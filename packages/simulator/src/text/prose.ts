import type { SeededRandom } from '../seeded-random.js';
import { tokenize } from './tokenizer.js';
import type { LengthWish } from './length-wish.js';
import { OBJECTS, PLACES, SUBJECTS, VERBS } from './vocabulary.js';

/**
 * Text of exactly the wished length that begins with `opening`. Words are counted by white space, sentences by their full stops,
 * tokens by the simulator's tokenizer. `opening` holds no end of a sentence.
 */
export function prose(opening: string, wish: LengthWish, random: SeededRandom): string {
  switch (wish.unit) {
    case 'words':
      return words(opening, wish.count, random);
    case 'sentences':
      return sentences(opening, wish.count, random);
    case 'tokens':
      return tokens(opening, wish.count, random);
    case 'paragraphs':
      return Array.from({ length: wish.count }, (_, number) =>
        sentences(number === 0 ? opening : sentence(random), 3, random),
      ).join('\n\n');
  }
}

function words(opening: string, count: number, random: SeededRandom): string {
  const list = opening.split(/\s+/u).filter((word) => word !== '');
  if (list.length > count) return ended(list.slice(0, count).join(' '));
  let text = list.join(' ');
  for (let have = list.length; have < count;) {
    const next = sentence(random)
      .split(' ')
      .slice(0, count - have);
    text = text === '' ? next.join(' ') : `${text}. ${next.join(' ')}`;
    have += next.length;
  }
  return ended(text);
}

function sentences(opening: string, count: number, random: SeededRandom): string {
  let text = opening;
  for (let have = 1; have < count; have++) text += `. ${sentence(random)}`;
  return ended(text);
}

function tokens(opening: string, count: number, random: SeededRandom): string {
  let text = opening;
  // A sentence has at least eight tokens.
  for (let have = tokenize(opening).length; have < count; have += 8)
    text += `. ${sentence(random)}`;
  return tokenize(text).slice(0, count).join('');
}

/** One sentence without its full stop. */
function sentence(random: SeededRandom): string {
  const subject = random.pick(SUBJECTS);
  const rest = `${random.pick(VERBS)} ${random.pick(OBJECTS)} ${random.pick(PLACES)}`;
  return `${subject.charAt(0).toUpperCase()}${subject.slice(1)} ${rest}`;
}

function ended(text: string): string {
  return `${text.replace(/[\s,;:.]+$/u, '')}.`;
}
