import { createHmac, timingSafeEqual } from 'node:crypto';

/** The signature of a model's reasoning: only the simulator with the same seed gives and accepts it. */
export function signThinking(text: string, seed: number): string {
  const mac = createHmac('sha256', `inferway simulator ${seed}`).update(text).digest('base64');
  return `sim1${mac}`;
}

/** True where the signature is the one that belongs to the text. */
export function isSigned(text: string, signature: string, seed: number): boolean {
  const right = Buffer.from(signThinking(text, seed));
  const given = Buffer.from(signature);
  return right.length === given.length && timingSafeEqual(right, given);
}
