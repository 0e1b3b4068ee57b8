import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerHeaders, costText, plain } from '../../src/http/answer-headers.js';
import { OPENAI } from '../../src/http/protocol.js';
import type { Exchange } from '../../src/http/exchange.js';

const exchange = { id: 'req_1', protocol: OPENAI } as Exchange;

function header(headers: readonly string[], name: string): string | undefined {
  const at = headers.indexOf(name);
  return at === -1 ? undefined : headers[at + 1];
}

test('a cost is dollars without an exponent, and unknown is a word', () => {
  expect(costText({ known: true, total: 1, source: 'price' })).toBe('0.000000001');
  expect(costText({ known: true, total: 2_500_000_000, source: 'price' })).toBe('2.5');
  expect(costText({ known: true, total: 0, source: 'price' })).toBe('0');
  expect(costText({ known: false, reason: 'no-price' })).toBe('unknown');
  expect(costText(undefined)).toBe('unknown');
});

test('whatever a provider or a caller calls a model, the header is visible ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(plain(text)).toMatch(/^[\x20-\x7e]*$/u);
    }),
  );
});

test('warnings are a JSON list in ASCII', () => {
  const warnings = [
    { type: 'unsupported' as const, setting: 'topK', message: 'Dropped: “top_k” is unknown 🙂.' },
  ];
  const text = header(
    answerHeaders(exchange, { provider: 'a', model: 'b', warnings }, new Map()),
    'x-inferway-warnings',
  );
  expect(text).toMatch(/^[\x20-\x7e]+$/u);
  expect(JSON.parse(text ?? '')).toEqual(warnings);
});

test('warnings beyond two kilobytes are counted in place of being written', () => {
  const warnings = Array.from({ length: 100 }, (_, index) => ({
    type: 'other' as const,
    message: `warning ${index} ${'x'.repeat(100)}`,
  }));
  const text = header(
    answerHeaders(exchange, { provider: 'a', model: 'b', warnings }, new Map()),
    'x-inferway-warnings',
  );
  const list = JSON.parse(text ?? '') as { message: string }[];
  expect((text ?? '').length).toBeLessThan(2_200);
  expect(list.at(-1)?.message).toBe(`${100 - (list.length - 1)} more`);
});
