import { badOption, checkMs } from '../../option-checks.js';

/** Milliseconds; `false` turns a timer off. */
export interface TimeoutOptions {
  /** To get a connection, where the transport tells of it. Default 10 s. */
  readonly connectMs?: number | false | undefined;
  /**
   * To the first event of a stream, or the first byte of a unary answer. Default 120 s for a stream and 600 s for a unary call, whose
   * answer comes when the whole of it is written.
   */
  readonly firstEventMs?: number | false | undefined;
  /**
   * Without any byte once an answer has begun, keep-alive comments counted as bytes. In a stream it runs from the first content on: silence
   * before that is a model that thinks, and is bounded by `firstEventMs` and `idleContentMs`. Default 60 s.
   */
  readonly idleBytesMs?: number | false | undefined;
  /** Without content in a stream, whatever else arrives. Default 300 s, since reasoning models pause long. */
  readonly idleContentMs?: number | false | undefined;
  /**
   * For the logical call with all its attempts, from its start. No default: a long answer that flows is no fault, and a stalled one is
   * caught by the others.
   */
  readonly totalMs?: number | false | undefined;
  /**
   * No attempt is begun with less time than this before the deadline of the call, whoever set that: it could only be paid for and thrown away.
   * Default: none.
   */
  readonly leastMs?: number | undefined;
}

/** The limits of one shape of call; Infinity where there is none. */
export interface TimeoutLimits {
  readonly connect: number;
  readonly firstEvent: number;
  readonly idleBytes: number;
  readonly idleContent: number;
  readonly total: number;
  /** The shortest of them: a timer that first looks then never has to be moved forward. */
  readonly shortest: number;
  /** An attempt needs so much time at least; 0 for any. */
  readonly least: number;
}

/** Checks the options and fills in the defaults. @throws {InferwayError} `configuration` naming the option and the cure. */
export function timeoutLimits(options: TimeoutOptions, stream: boolean): TimeoutLimits {
  const { connectMs, firstEventMs, idleBytesMs, idleContentMs, totalMs } = options;
  for (const [param, ms] of Object.entries({
    connectMs,
    firstEventMs,
    idleBytesMs,
    idleContentMs,
    totalMs,
  })) {
    if (ms !== undefined && ms !== false) checkMs('timeout', param, ms);
  }
  if (options.leastMs !== undefined) {
    checkMs('timeout', 'leastMs', options.leastMs);
    refuseLonger('leastMs', options.leastMs, 'totalMs', totalMs);
  }
  refuseLonger('connectMs', connectMs, 'firstEventMs', firstEventMs);
  refuseLonger('idleBytesMs', idleBytesMs, 'idleContentMs', idleContentMs);
  for (const [param, ms] of Object.entries({
    connectMs,
    firstEventMs,
    idleBytesMs,
    idleContentMs,
  })) {
    refuseLonger(param, ms, 'totalMs', totalMs);
  }
  const limits = {
    connect: limit(connectMs, 10_000),
    firstEvent: limit(firstEventMs, stream ? 120_000 : 600_000),
    idleBytes: limit(idleBytesMs, 60_000),
    idleContent: limit(idleContentMs, 300_000),
    total: limit(totalMs, Number.POSITIVE_INFINITY),
  };
  return { ...limits, shortest: Math.min(...Object.values(limits)), least: options.leastMs ?? 0 };
}

function limit(ms: number | false | undefined, byDefault: number): number {
  return ms === false ? Number.POSITIVE_INFINITY : (ms ?? byDefault);
}

// Only what was written down can contradict itself: a default that a given limit makes idle is no mistake.
function refuseLonger(
  param: string,
  ms: number | false | undefined,
  limitParam: string,
  limitMs: number | false | undefined,
): void {
  if (typeof ms !== 'number' || typeof limitMs !== 'number' || ms <= limitMs) return;
  throw badOption(
    param,
    `timeout: ${param} (${ms}) is longer than ${limitParam} (${limitMs}) and could never run out. Shorten it, or lengthen ${limitParam}.`,
  );
}
