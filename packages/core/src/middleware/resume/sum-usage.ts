import type { Usage } from '../../usage.js';

const COUNTS = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWrite1hTokens',
  'reasoningTokens',
  'inputAudioTokens',
  'outputAudioTokens',
  'inputImageTokens',
  'outputImageTokens',
] as const;

/**
 * What several attempts at one answer used together. A count that none reported is none; one estimate makes it an estimate. What the provider
 * says that it charges is summed only where each said so. The provider's own object is of one attempt, and left out.
 */
export function sumUsage(parts: readonly Usage[]): Usage {
  const sum: { -readonly [P in keyof Usage]: Usage[P] } = {};
  for (const count of COUNTS) {
    const known = parts.flatMap((part) => part[count] ?? []);
    if (known.length > 0) sum[count] = known.reduce((total, one) => total + one, 0);
  }
  const reported = parts.flatMap(({ reportedCost }) => reportedCost ?? []);
  if (reported.length > 0 && reported.length === parts.length)
    sum.reportedCost = reported.reduce((total, one) => total + one, 0);
  if (parts.some(({ estimated }) => estimated === true)) sum.estimated = true;
  return sum;
}
