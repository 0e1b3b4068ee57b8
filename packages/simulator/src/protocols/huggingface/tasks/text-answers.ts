import type { HfTaskOutput, LabelScore, TokenEntity } from '@inferway/wire';
import { embedding } from '../../../answer/embedding.js';
import { hashText, SeededRandom } from '../../../seeded-random.js';
import { prose } from '../../../text/prose.js';
import { countTokens } from '../../../text/tokenizer.js';

const GOOD =
  /\b(?:like|love|good|great|happy|best|wonderful|excellent|enjoy\w*|nice|thank\w*)\b/giu;
const BAD = /\b(?:hate|bad|awful|terrible|worst|sad|angry|broken|refund|not|never|poor)\b/giu;
const NAME = /\b\p{Lu}[\p{L}'-]+(?:\s\p{Lu}[\p{L}'-]+)*/gu;
const KINDS = ['PER', 'LOC', 'ORG'] as const;
const WIDTH = 128;

/** Feeling, by words that tell it. */
export function feeling(text: string): readonly LabelScore[] {
  const lean = (text.match(GOOD) ?? []).length - (text.match(BAD) ?? []).length;
  const positive = 1 / (1 + Math.exp(-2 * lean - 0.1));
  return best([
    { label: 'POSITIVE', score: positive },
    { label: 'NEGATIVE', score: 1 - positive },
  ]);
}

/** Labels by how near they are to a text; all together 1, or each by itself. */
export function nearestLabels(
  text: string,
  labels: readonly string[],
  alone: boolean,
): readonly LabelScore[] {
  const weights = labels.map((label) => Math.exp(4 * similarity(text, label)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return best(
    labels.map((label, index) => {
      const weight = weights[index] ?? 0;
      return { label, score: alone ? weight / (1 + weight) : weight / sum };
    }),
  );
}

/** How near two texts are, -1 to 1. */
export function similarity(a: string, b: string): number {
  const [one, other] = [embedding(a, WIDTH), embedding(b, WIDTH)];
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}

/** Words that begin with a capital letter, as names. */
export function names(text: string): readonly TokenEntity[] {
  return [...text.matchAll(NAME)].map((found) => ({
    label: KINDS[hashText(found[0]) % KINDS.length] ?? 'PER',
    score: 0.9 + (hashText(found[0]) % 100) / 1100,
    word: found[0],
    start: found.index,
    end: found.index + found[0].length,
  }));
}

/** Words for the masks of a text; undefined where it has none. */
export function fill(text: string): HfTaskOutput<'fill-mask'> | undefined {
  const masks = [...text.matchAll(/\[MASK\]|<mask>/gu)];
  if (masks.length === 0) return undefined;
  return masks.flatMap((found, mask) =>
    ['the', 'a', 'my', 'hello', 'every'].map((word, rank) => ({
      score: 0.5 / 2 ** rank,
      token: hashText(word) % 30_000,
      tokenText: word,
      sequence: text.slice(0, found.index) + word + text.slice(found.index + found[0].length),
      mask,
    })),
  );
}

/** A text cut to its first sentence. */
export function summary(text: string): string {
  return /^.*?[.!?](?=\s|$)/su.exec(text.trim())?.[0] ?? text.trim().slice(0, 120);
}

/** A text that goes on. */
export function continuation(
  text: string,
  parameters: Readonly<Record<string, unknown>>,
): HfTaskOutput<'text-generation'> {
  const most = Number(parameters['max_new_tokens'] ?? 20);
  const random = new SeededRandom(hashText(text));
  const more = prose('Simulated continuation', { unit: 'tokens', count: most }, random);
  const shown = parameters['return_full_text'] === false ? more : `${text} ${more}`;
  return {
    text: shown,
    finishReason: 'length',
    generatedTokens: countTokens(more),
    inputTokens: countTokens(text),
  };
}

/** The words of a context that the question does not have, in the sentence nearest to it. */
export function answerIn(
  context: string,
  question: string,
): HfTaskOutput<'question-answering'>[number] {
  const sentences = [...context.matchAll(/[^.!?]+/gu)];
  const ranked = sentences.toSorted(
    (a, b) => similarity(question, b[0]) - similarity(question, a[0]),
  );
  const sentence = ranked[0];
  if (sentence === undefined) return { answer: '', score: 0, start: 0, end: 0 };
  const asked = new Set(question.toLowerCase().match(/[\p{L}\p{N}]+/gu));
  const words = [...sentence[0].matchAll(/[\p{L}\p{N}'-]+/gu)];
  const word = words.findLast((found) => !asked.has(found[0].toLowerCase())) ?? words[0];
  const start = sentence.index + (word?.index ?? 0);
  const answer = word?.[0] ?? sentence[0];
  return { answer, score: 0.9, start, end: start + answer.length };
}

/** The cell of the row and column that a question has words of. */
export function answerOfTable(
  table: Readonly<Record<string, readonly (string | number)[]>>,
  query: string,
): HfTaskOutput<'table-question-answering'>[number] {
  const columns = Object.entries(table);
  const byWord = (text: string): number =>
    query.toLowerCase().includes(text.toLowerCase()) ? 1 : 0;
  const rows = columns[0]?.[1] ?? [];
  const row = Math.max(
    0,
    rows.findIndex((_, index) => columns.some(([, cells]) => byWord(String(cells[index])) > 0)),
  );
  const named = columns.findIndex(([name]) => byWord(name) > 0);
  const column = named > 0 ? named : columns.length - 1;
  const cell = String(columns[column]?.[1][row] ?? '');
  return { answer: cell, coordinates: [[row, column]], cells: [cell] };
}

/** The most likely first. */
export function best(labels: readonly LabelScore[]): readonly LabelScore[] {
  return labels.toSorted((a, b) => b.score - a.score);
}
