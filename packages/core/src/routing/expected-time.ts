import type { Candidate } from './candidate.js';
import type { Needs } from './needs.js';
import type { SpeedFigures } from './speed-book.js';

/**
 * How long the call is expected to take there, in milliseconds: to the first token and then by the token, as measured, else as a listing says.
 * What was measured of streams stands in for unary calls, and the other way round, where there is nothing better. Undefined where nobody knows.
 */
export function expectedMs(
  candidate: Candidate,
  needs: Needs,
  measured: SpeedFigures | undefined,
): number | undefined {
  const streamed = streamedMs(candidate, needs, measured);
  const unary = unaryMs(needs, measured);
  const ms = needs.stream ? (streamed ?? unary) : (unary ?? streamed);
  if (ms === undefined) return undefined;
  // Of a target that fails half of the time, two calls are needed for one answer. One that always failed is no faster for it.
  return ms / Math.max(0.05, 1 - (measured?.failing ?? 0));
}

function streamedMs(
  { facts }: Candidate,
  { outputTokens }: Needs,
  measured: SpeedFigures | undefined,
): number | undefined {
  const first = measured?.ttftMs ?? facts.ttftMs;
  const listed =
    facts.tokensPerSecond === undefined || facts.tokensPerSecond <= 0
      ? undefined
      : 1000 / facts.tokensPerSecond;
  const perToken = measured?.msPerToken ?? listed;
  if (first === undefined && perToken === undefined) return undefined;
  return (first ?? 0) + (perToken ?? 0) * outputTokens;
}

function unaryMs({ outputTokens }: Needs, measured: SpeedFigures | undefined): number | undefined {
  const perToken = measured?.durationMsPerToken;
  if (perToken !== undefined && outputTokens > 0) return perToken * outputTokens;
  return measured?.durationMs;
}
