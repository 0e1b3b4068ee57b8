import type { Usage } from '@inferway/core';
import type { Frame } from '../http/frame.js';
import type { Tempo } from '../pace/pace.js';

const STEP = 8;
const PIECES = 4;

/** The time that a whole answer takes, in steps that can be billed, then its body: at once, or in pieces for a fault to cut. */
export function* unaryFrames(
  body: string,
  usage: Usage,
  pace: Tempo,
  inPieces: boolean,
): Iterable<Frame> {
  let left = usage.outputTokens ?? 0;
  let thought = usage.reasoningTokens ?? 0;
  // Without latency nobody can leave in between, and one step will do.
  const step = pace.instant ? Infinity : STEP;
  while (left > 0) {
    const kind = thought > 0 ? 'thought' : 'text';
    const tokens = Math.min(step, thought > 0 ? thought : left);
    yield { kind, text: '', tokens };
    left -= tokens;
    if (thought > 0) thought -= tokens;
  }
  let from = 0;
  if (inPieces) {
    const size = Math.max(1, Math.floor(body.length / PIECES));
    for (; from + size < body.length; from += size) {
      yield { kind: 'text', text: body.slice(from, from + size), tokens: 0 };
    }
  }
  yield { kind: 'end', text: body.slice(from), tokens: 0 };
}
