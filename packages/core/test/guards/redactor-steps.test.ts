import { expect, test } from 'vitest';
import { pii, redactText, secrets, type Detector } from '../../src/guards/index.js';

test('a text full of one kind is read by the others once, not once for each find', () => {
  const read: number[] = [];
  const counted = [...pii(), ...secrets()].map((detector): Detector => {
    return {
      ...detector,
      find(text, from) {
        const found = detector.find(text, from);
        read.push((found?.end ?? text.length) - from);
        return found;
      },
    };
  });
  const many = 5000;
  for (const one of [
    'a@b.co ',
    '4111 1111 1111 1111, ',
    '-----BEGIN PRIVATE KEY-----x-----END PRIVATE KEY-----',
  ]) {
    read.length = 0;
    const text = one.repeat(many);
    const redacted = redactText(text, counted, (_found, { kind }) => `<${kind}>`);
    expect(redacted.match(/<[A-Z_]+>/gu)).toHaveLength(many);
    // Characters that were looked at: a few times the text, however many finds there are.
    expect(read.reduce((sum, length) => sum + length, 0)).toBeLessThan(
      text.length * counted.length * 2,
    );
  }
});
