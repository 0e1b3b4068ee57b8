import { sameFacts } from '@inferway/core/semantic';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { semanticRig } from './rig.js';

/** Pairs whose vectors lie close together and whose answers do not. */
const different: readonly (readonly [string, string])[] = [
  ['What happened in 2023?', 'What happened in 2024?'],
  ['What is 15% of 80?', 'What is 50% of 80?'],
  ['Is it 3.14?', 'Is it 31.4?'],
  ['What is -5 plus 3?', 'What is 5 plus 3?'],
  ['How much is $100 today?', 'How much is €100 today?'],
  ['Who founded the city of Rome?', 'Who founded the city of Paris?'],
  ['how far from Paris to Rome', 'how far from Rome to Paris'],
  ['convert dollars to euros', 'convert euros to dollars'],
  ['does the dog chase the cat', 'does the cat chase the dog'],
  ['How do I enable the firewall?', 'How do I disable the firewall?'],
  ['Is it safe to eat this?', 'Is it unsafe to eat this?'],
  ['Should I take it?', 'Should I not take it?'],
  ["Why doesn't it start?", 'Why does it start?'],
  ['Can I eat with it?', 'Can I eat without it?'],
  ['What is the highest and max value?', 'What is the highest and min value?'],
  ['What does "foo" mean?', 'What does "bar" mean?'],
  ['What does ‘x’ in `a.b` do?', 'What does ‘x’ in `a.c` do?'],
  ['Explain user_id here', 'Explain user_name here'],
  ['mail to a@example.com', 'mail to b@example.com'],
  ['Is NASA open now?', 'Is ESA open now?'],
  ['How do I use C++ here?', 'How do I use C here?'],
  ['What about iPhone now?', 'What about iPad now?'],
  ['turn on the light', 'turn off the light'],
  ['before the war', 'after the war'],
  ['Paris is how large?', 'London is how large?'],
  ['Is it far? Berlin, I mean.', 'Is it far? Vienna, I mean.'],
  ['the weather on monday', 'the weather on tuesday'],
  ['what do two cats eat', 'what do three cats eat'],
  ['who won the second war', 'who won the third war'],
  ['the tallest in town', 'the shortest in town'],
];

/** Pairs that ask the same. */
const same: readonly (readonly [string, string])[] = [
  ['How tall is the tower in Pisa?', 'What is the height of the tower in Pisa?'],
  ['what is a monad', 'please explain what a monad is'],
  ['How many of 12 eggs?', 'of 12 eggs, how many are there'],
  ['I am tired', 'am tired, I guess'],
  ['How do I reset my password?', 'How can I reset my password?'],
  ["What's the refund policy?", 'What is the refund policy?'],
  ['Please name the capital of France.', 'What is the capital of France?'],
  ['Whose book is “Emma”?', 'Who wrote “Emma”?'],
];

describe('facts', () => {
  test.each(different)('%j is not %j', (one, other) => {
    expect(sameFacts(one, other)).toBe(false);
    expect(sameFacts(other, one)).toBe(false);
  });

  test.each(same)('%j may be %j', (one, other) => {
    expect(sameFacts(one, other)).toBe(true);
  });

  test('every text has its own facts, and two have them both ways or not at all', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        (one, other) => {
          expect(sameFacts(one, `${one}`)).toBe(true);
          expect(sameFacts(one, other)).toBe(sameFacts(other, one));
        },
      ),
    );
  });

  test('any two different numbers are different facts', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (one, other) => {
        fc.pre(one !== other);
        expect(sameFacts(`what is ${one} here`, `what is ${other} here`)).toBe(false);
      }),
    );
  });

  test('take time in proportion to the text, whatever is in it (S26)', () => {
    for (const text of ['“', '«', '"', '`', "'", " '", '-', '.,', 'a-', 'A', '\u0301', '$', '==']) {
      const long = text.repeat(100_000);
      expect(sameFacts(long, `${long} 1`)).toBe(false);
    }
  });
});

describe('vectors that cannot tell them apart', () => {
  test.each(different)('%j has not the answer of %j', async (one, other) => {
    const { ask, told } = semanticRig();
    await ask(one);
    expect((await ask(other)).text).toBe('answer 2');
    expect(told('semantic-refused')).toMatchObject([{ reason: 'verify', similarity: 1 }]);
    expect((await ask(one)).text).toBe('answer 1');
  });

  test('have it where the user trusts them, or has a check of his own', async () => {
    const trusting = semanticRig({ verify: false });
    await trusting.ask('in 2023');
    expect((await trusting.ask('in 2024')).text).toBe('answer 1');

    const seen: string[][] = [];
    const own = semanticRig({
      verify: async (asked, known) => {
        seen.push([asked, known]);
        return asked.length === known.length;
      },
    });
    await own.ask('in 2023');
    expect((await own.ask('in 2024')).text).toBe('answer 1');
    expect((await own.ask('in 12024')).text).toBe('answer 2');
    expect(seen[0]).toEqual(['in 2024', 'in 2023']);
  });

  test('are passed over for the next candidate', async () => {
    const { ask } = semanticRig({ candidates: 2 });
    await ask('what of 1');
    await ask('what of 2');
    expect((await ask('what is of 1')).text).toBe('answer 1');
    expect((await ask('what is of 2')).text).toBe('answer 2');
  });
});
