import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as labels from '../src/metric-label-names.js';
import { LIMIT_WAIT_DURATION, OWN_COUNTERS } from '../src/own-instruments.js';
import * as own from '../src/own-names.js';
import * as conventions from '../src/semconv.js';

const page = readFileSync(
  new URL('../../../docs/middleware/trace-and-metrics.md', import.meta.url),
  'utf8',
);
const written = new Set(page.match(/(?<=`)inferway\.[a-z_.]+(?=`)/gu));
const names = (constants: object): string[] =>
  Object.values(constants).filter(
    (value): value is string => typeof value === 'string' && value.startsWith('inferway.'),
  );
const known = [
  ...names(own),
  ...names(conventions),
  ...names(labels),
  ...Object.keys(OWN_COUNTERS),
  LIMIT_WAIT_DURATION,
];

test.each(known)('%s is on the page', (name) => {
  expect(written).toContain(name);
});

test('nothing else is on the page, and no name of ours stands for two things', () => {
  expect([...written].filter((name) => !known.includes(name))).toEqual([]);
  const attributes = [...names(own), ...names(conventions)];
  expect(new Set(attributes).size).toBe(attributes.length);
});

test.each(Object.entries(OWN_COUNTERS))('the unit of %s is the one on the page', (name, [unit]) => {
  expect(page).toContain(`| \`${name}\` | \`${unit}\` |`);
});

test('nothing is invented under gen_ai', () => {
  for (const name of known) expect(name).not.toMatch(/gen_ai/u);
});
