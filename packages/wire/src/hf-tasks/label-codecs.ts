import { isJsonObject, type JsonObject, type JsonValue } from '@inferway/core';
import { defined } from '../json-body.js';
import { asList, asNumber, asObject, asString } from '../lenient.js';
import { listCodec, objectsOf, readAll, type OutputCodec } from './codec.js';
import type { Box, DetectedObject, FilledMask, LabelScore, TokenEntity } from './outputs.js';

/** A list of labels, of which older servers make a list in a list. */
export const labels: OutputCodec<readonly LabelScore[]> = {
  ...listCodec(readLabel, ({ label, score }) => ({ label, score })),
};

/** The same for text, where a list in a list is what servers still send. */
export const nestedLabels: OutputCodec<readonly LabelScore[]> = {
  decode: labels.decode,
  encode: (output) => [output.map(({ label, score }) => ({ label, score }))],
};

/** Labels that were given: `{labels, scores}` from older servers, a list of labels from newer ones. */
export const chosenLabels: OutputCodec<readonly LabelScore[]> = {
  decode(body) {
    const entries = objectsOf(body);
    const [first] = entries ?? [];
    if (first === undefined || !Array.isArray(first['labels'])) return labels.decode(body);
    const scores = asList(first['scores']);
    return readAll(
      asList(first['labels']).map((label, index) => ({ label, score: scores[index] ?? null })),
      readLabel,
    );
  },
  encode: labels.encode,
};

/** Entities of a text. `entity_group` where words are joined, `entity` where each token stands by itself. */
export const entities: OutputCodec<readonly TokenEntity[]> = listCodec(
  (entry) => {
    const label = asString(entry['entity_group']) ?? asString(entry['entity']);
    const score = asNumber(entry['score']);
    const word = asString(entry['word']);
    if (label === undefined || score === undefined || word === undefined) return undefined;
    const start = asNumber(entry['start']);
    return defined({ label, score, word, start, end: asNumber(entry['end']) });
  },
  ({ label, ...rest }) => ({ entity_group: label, ...rest }),
);

/** What may fill masks: a list for one mask, a list of lists for several. */
export const masks: OutputCodec<readonly FilledMask[]> = {
  decode(body) {
    if (!Array.isArray(body)) return undefined;
    const nested = Array.isArray(body[0]);
    const lists: readonly unknown[] = nested ? body : [body];
    const all: FilledMask[] = [];
    for (const [mask, list] of lists.entries()) {
      const filled = readAll(objectsOf(list), (entry) => readMask(entry, mask));
      if (filled === undefined) return undefined;
      all.push(...filled);
    }
    return all;
  },
  encode(output) {
    const lists: JsonValue[][] = [];
    for (const { mask, tokenText, ...rest } of output) {
      (lists[mask] ??= []).push({ ...rest, token_str: tokenText });
    }
    return lists.length === 1 ? (lists[0] ?? []) : Array.from(lists, (list) => list ?? []);
  },
};

/** Things in an image, each in its box. */
export const objects: OutputCodec<readonly DetectedObject[]> = listCodec(
  (entry) => {
    const known = readLabel(entry);
    const box = readBox(asObject(entry['box']));
    return known === undefined || box === undefined ? undefined : { ...known, box };
  },
  ({ label, score, box }) => ({ label, score, box: { ...box } }),
);

function readLabel(entry: JsonObject): LabelScore | undefined {
  const label = asString(entry['label']);
  const score = asNumber(entry['score']);
  return label === undefined || score === undefined ? undefined : { label, score };
}

function readMask(entry: JsonObject, mask: number): FilledMask | undefined {
  const score = asNumber(entry['score']);
  const token = asNumber(entry['token']);
  const tokenText = asString(entry['token_str']);
  const sequence = asString(entry['sequence']);
  if (score === undefined || token === undefined) return undefined;
  if (tokenText === undefined || sequence === undefined) return undefined;
  return { score, token, tokenText, sequence, mask };
}

function readBox(box: JsonObject | undefined): Box | undefined {
  if (!isJsonObject(box)) return undefined;
  const [xmin, ymin, xmax, ymax] = ['xmin', 'ymin', 'xmax', 'ymax'].map((side) =>
    asNumber(box[side]),
  );
  if (xmin === undefined || ymin === undefined) return undefined;
  return xmax === undefined || ymax === undefined ? undefined : { xmin, ymin, xmax, ymax };
}
