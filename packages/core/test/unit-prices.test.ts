import { createClient, priceUsage, transcribeTraits, usd, type Usage } from '@inferway/core';
import { cost, priceTable } from '@inferway/core/middleware';
import { accept, fakeProvider, result, usage } from '@inferway/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const FREE = { input: 0, output: 0 };
const total = (...given: Parameters<typeof priceUsage>): number | string => {
  const known = priceUsage(...given);
  return known.known ? known.total : known.reason;
};

describe('what is not counted in tokens', () => {
  test('has its price per image, minute, million characters, second and search', () => {
    const cases: [object, Usage['units'], number][] = [
      [{ image: usd(0.04) }, { images: 3 }, usd(0.12)],
      [{ inputAudioMinute: usd(0.006) }, { inputAudioSeconds: 90 }, usd(0.009)],
      [{ inputAudioMinute: usd(0.006) }, { inputAudioSeconds: 0.1 }, usd(0.00001)],
      [{ millionCharacters: usd(15) }, { inputCharacters: 1000 }, usd(0.015)],
      [{ outputSecond: usd(0.1) }, { outputSeconds: 4.25 }, usd(0.425)],
      [{ computeSecond: usd(0.00115) }, { computeSeconds: 2 }, usd(0.0023)],
      [{ search: usd(0.002) }, { searches: 1 }, usd(0.002)],
    ];
    for (const [units, used, paid] of cases) {
      expect(total({ ...FREE, units }, { units: used })).toBe(paid);
    }
  });

  test('is exact for any count, and rounded once', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 9e12 }),
        fc.nat({ max: 1e9 }),
        fc.nat({ max: 1e9 }),
        fc.nat({ max: 1e9 }),
        (price, images, tokens, input) => {
          const exact =
            (BigInt(price) * BigInt(images) * 1_000_000n +
              BigInt(tokens) * BigInt(input) +
              500_000n) /
            1_000_000n;
          const prices = { input, output: 0, units: { image: price } };
          expect(total(prices, { inputTokens: tokens, units: { images } })).toBe(Number(exact));
        },
      ),
    );
  });

  test('costs nobody knows what without its count, or with one that is none', () => {
    const prices = { ...FREE, units: { inputAudioMinute: 1 } };
    const minutes = (seconds: number): number | string =>
      total(prices, { units: { inputAudioSeconds: seconds } });
    expect(total(prices, {})).toBe('no-usage');
    expect(total(prices, { units: { images: 1 } })).toBe('no-usage');
    for (const none of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(minutes(none)).toBe('no-usage');
    }
    expect(total(FREE, {})).toBe('no-usage');
    // A price of nothing asks for no count; tokens that have a price do.
    expect(total({ ...FREE, units: { image: 0 } }, { units: {} })).toBe(0);
    expect(total({ ...prices, output: 5 }, { units: { inputAudioSeconds: 60 } })).toBe('no-usage');
    expect(total({ input: 1, output: 1 }, { units: { images: 1 } })).toBe('no-usage');
  });

  test('leaves tokens of a kind their own price, never more than there are', () => {
    const prices = {
      input: 1_000_000,
      output: 2_000_000,
      inputAudio: 10_000_000,
      inputImage: 5_000_000,
      outputImage: 20_000_000,
      outputAudio: 40_000_000,
    };
    const tokens = { inputTokens: 100, outputTokens: 10 };
    expect(total(prices, tokens)).toBe(120);
    expect(total(prices, { ...tokens, inputAudioTokens: 40, inputImageTokens: 10 })).toBe(
      50 + 400 + 50 + 20,
    );
    expect(total(prices, { ...tokens, inputAudioTokens: 999, outputImageTokens: 99 })).toBe(
      1000 + 200,
    );
    expect(total(prices, { ...tokens, cacheReadTokens: 90, inputAudioTokens: 40 })).toBe(
      90 + 100 + 20,
    );
    expect(total(prices, { ...tokens, outputAudioTokens: 4 })).toBe(100 + 12 + 160);
    expect(total(prices, { ...tokens, inputAudioTokens: 60, inputImageTokens: 999 })).toBe(
      600 + 200 + 20,
    );
    // Without a price of its own a kind has that of text.
    expect(total({ input: 1e6, output: 0 }, { inputTokens: 9, inputAudioTokens: 9 })).toBe(9);
  });
});

describe('the cost of such a call', () => {
  const ask = async (units: Usage['units'], prices: Parameters<typeof priceTable>[0]) => {
    const provider = fakeProvider({
      operations: ['transcribe'],
      traits: { transcribe: transcribeTraits },
      script: [accept(), usage({ units }), result({ text: 'a long text' } as never)],
    });
    const client = createClient({
      providers: [provider],
      middleware: [cost({ prices: priceTable(prices) })],
    });
    return client.transcribe({ model: 'fake/m', audio: Uint8Array.of(1) });
  };

  test('is by the unit, without a guess at tokens', async () => {
    const prices = { 'fake/m': { input: 0, output: 0, units: { inputAudioMinute: 0.006 } } };
    const reply = await ask({ inputAudioSeconds: 30 }, prices);
    expect(reply.cost).toEqual({ known: true, total: usd(0.003), source: 'price' });
    expect(reply.usage).toEqual({ units: { inputAudioSeconds: 30 } });
  });

  test('stays unknown where the model is paid by tokens that nobody counted', async () => {
    const reply = await ask({ inputAudioSeconds: 30 }, { 'fake/m': { input: 1, output: 1 } });
    expect(reply.cost).toEqual({ known: false, reason: 'no-usage' });
  });

  test('is refused as a price that is no amount of dollars', () => {
    const table = { 'fake/m': { input: 0, output: 0, units: { image: -1 } } };
    expect(() => priceTable(table)).toThrow(/units\.image: -1\. Give dollars per unit/u);
  });
});
