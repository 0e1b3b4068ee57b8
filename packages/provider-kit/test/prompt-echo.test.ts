import { describe, expect, it } from 'vitest';
import { echoesRequest } from '../src/errors/prompt-echo.js';

describe('echoesRequest', () => {
  const request = JSON.stringify({
    messages: [{ type: 'redacted_thinking', text: 'The harbour of the north is closed.' }],
  });

  it('finds a stretch of what the caller wrote', () => {
    expect(echoesRequest('cannot read "harbour of the north"', request, [])).toBe(true);
    expect(echoesRequest('cannot read "harbour of"', request, [])).toBe(false);
  });

  it('finds it wherever it stands, however long it is', () => {
    const told = 'The harbour of the north is closed.';
    for (let from = 0; from < told.length - 16; from++) {
      for (const length of [16, 17, 19]) {
        const stretch = told.slice(from, from + length);
        expect(echoesRequest(`#${stretch.slice(0, 15)}#`, request, [])).toBe(false);
        expect(echoesRequest(`#${stretch}#`, request, [])).toBe(stretch.length >= 16);
      }
    }
  });

  it('goes through a request of megabytes once', () => {
    const large = JSON.stringify({ image: 'QUJD'.repeat(2_000_000) });
    const message = Array.from({ length: 400 }, (_, index) => `word ${index}`).join(', ');
    const before = performance.now();
    expect(echoesRequest(message, large, [])).toBe(false);
    expect(performance.now() - before).toBeLessThan(3000);
  });

  it('takes the names of kinds for the protocol’s own words', () => {
    expect(echoesRequest('`redacted_thinking` blocks cannot be modified', request, [])).toBe(false);
  });

  it('leaves out words that may be told', () => {
    const asked = JSON.stringify({ model: 'claude-haiku-4-5-20251001' });
    expect(echoesRequest('no claude-haiku-4-5-20251001 here', asked, [])).toBe(true);
    expect(
      echoesRequest('no claude-haiku-4-5-20251001 here', asked, ['claude-haiku-4-5-20251001']),
    ).toBe(false);
  });
});
