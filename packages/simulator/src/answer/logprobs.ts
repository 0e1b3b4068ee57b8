import type { TokenLogprob } from '@inferway/core';
import { hashText, SeededRandom } from '../seeded-random.js';

const BYTES = new TextEncoder();
const OTHERS = [' the', ' a', ' and', ' of', ' to', ' in', ' it', ' for', ' on', ' with'];

/** A plausible log probability for a token and `count` alternatives, likeliest first; the same for the same token and seed. */
export function logprobOf(token: string, count: number, seed: SeededRandom): TokenLogprob {
  const random = new SeededRandom(hashText(token, seed.seed));
  let probability = 0.6 + random.next() * 0.39;
  const chosen = entry(token, probability);
  const top = count > 0 ? [chosen] : [];
  for (const other of OTHERS) {
    if (top.length >= count) break;
    if (other === token) continue;
    probability = (1 - probability) * 0.5 * random.next() + 1e-6;
    top.push(entry(other, probability));
  }
  top.sort((one, two) => two.logprob - one.logprob);
  return { ...chosen, top };
}

function entry(token: string, probability: number): Omit<TokenLogprob, 'top'> {
  return { token, logprob: Math.log(probability), bytes: [...BYTES.encode(token)] };
}
