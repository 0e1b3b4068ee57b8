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
