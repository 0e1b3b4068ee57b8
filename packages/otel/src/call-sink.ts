import type { AnyReply, ChainEvent } from '@inferway/core';
import type { AttemptEnd, AttemptRun, CallRun, TargetRun } from './call-run.js';

/** Told of one logical call as it runs. All members are synchronous; what they throw is reported and never reaches the call. */
export interface CallSink {
  targetStarted?(target: TargetRun, call: CallRun): void;
  attemptStarted?(attempt: AttemptRun, target: TargetRun): void;
  /** Runs the issue of the attempt's request, so that spans made inside of it have the right parent. */
  enter?(attempt: AttemptRun, issue: () => Promise<AnyReply>): Promise<AnyReply>;
  /** A read of the stream that held events, `gapMs` after the last one; undefined for the first. */
  chunk?(target: TargetRun, gapMs: number | undefined, events: readonly unknown[]): void;
  /** The result of a unary attempt. */
  result?(target: TargetRun, result: unknown): void;
  attemptEnded?(attempt: AttemptRun, target: TargetRun): void;
  targetEnded?(target: TargetRun, call: CallRun): void;
  callEnded?(call: CallRun): void;
  /** What a layer told; `target` is where the call was on its way to. Also of what goes on behind the call's end. */
  event?(event: ChainEvent, call: CallRun, target: string): void;
  /** An attempt is over in truth: each one once, also one that lost and ends behind the call. */
  attemptOver?(attempt: AttemptEnd): void;
}
