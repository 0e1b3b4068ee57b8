import { echoOf, plainWords } from '../text/echo.js';
import { lengthWish } from '../text/length-wish.js';
import { prose } from '../text/prose.js';
import { resultText, type PromptText } from '../text/prompt-text.js';
import type { SeededRandom } from '../seeded-random.js';

const RESULT_WORDS = 16;

/** An answer in prose: it says that it is simulated, repeats what marks the prompt, uses tool results, and has the length asked for. */
export function proseAnswer(prompt: PromptText, random: SeededRandom): string {
  const wish = lengthWish(prompt.question) ?? { unit: 'sentences', count: random.int(3, 6) };
  return prose(opening(prompt), wish, random);
}

function opening(prompt: PromptText): string {
  const echo = echoOf(prompt.question, prompt.whole);
  const codes = echo.codes.length > 0 ? ` (${echo.codes.join(', ')})` : '';
  const results = prompt.results.map((part) =>
    plainWords(resultText(part), RESULT_WORDS).join(' '),
  );
  const used = results.length > 0 ? ` using the results ${results.join(' and ')}` : '';
  const about = echo.words.length > 0 ? ` to ${echo.words.join(' ')}` : '';
  return `Simulated answer${codes}${used}${about}`;
}
