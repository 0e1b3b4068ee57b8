import type { Cost, CostState, ErrorCode, Operation, Outcome, Usage } from '@inferway/core';
import type { Context } from '@opentelemetry/api';

/** How a span ends: by itself, with a failure, because the caller left, or because nobody ever read the stream. */
export type Ending = 'complete' | 'failed' | 'cancelled' | 'abandoned';

/** A failure as far as telemetry shows it. */
export interface RunError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly status?: number | undefined;
}

/** One call of a provider. Times are milliseconds of the client's clock. */
export interface AttemptRun {
  readonly number: number;
  readonly credential: string | undefined;
  readonly startMs: number;
  /** Since the last attempt at the same target ended. */
  readonly delayMs: number | undefined;
  endMs?: number;
  ending?: Ending;
  error?: RunError;
  status?: number;
  usage?: Usage | undefined;
  /** What it cost and whether that is paid, as far as a layer of the chain knows it. */
  cost?: Cost;
  billed?: 'yes' | 'maybe' | 'no';
}

/** An attempt that is over, with the names by which it is counted. */
export interface AttemptEnd {
  readonly provider: string;
  readonly model: string;
  readonly status: Outcome['status'];
  readonly error: ErrorCode | undefined;
  readonly cost: Cost | undefined;
  readonly costState: CostState;
}

/** All attempts at one (provider, model): the operation as the conventions see it. */
export interface TargetRun {
  readonly operation: Operation;
  readonly stream: boolean;
  readonly provider: string;
  readonly model: string;
  /** 0 for the first target of the call, and so on through its fallbacks. */
  readonly index: number;
  /** The model that this target stands in for. */
  readonly from: string | undefined;
  readonly request: unknown;
  readonly startMs: number;
  readonly attempts: AttemptRun[];
  endMs?: number;
  ending?: Ending;
  error?: RunError;
  firstChunkMs?: number;
  lastChunkMs?: number;
  usage?: Usage | undefined;
  /** What the reply of the call says that it cost, where this target gave it. */
  cost?: Cost | undefined;
  responseId?: string | undefined;
  responseModel?: string | undefined;
  servedBy?: string | undefined;
  finishReasons: string[];
  /** With the target's span in it, where traces are made: metrics are recorded in it. */
  context?: Context;
}

/** The whole logical call. */
export interface CallRun {
  readonly operation: Operation;
  /** As the caller wrote it: `provider/model`. */
  readonly alias: string;
  readonly startMs: number;
  readonly targets: TargetRun[];
  endMs?: number;
  ending?: Ending;
  error?: RunError;
  cost?: Cost | undefined;
  cache?: 'hit' | 'miss' | 'bypass' | undefined;
  /** Other targets or copies are ready, should the first one fail or be slow. */
  fallsBack?: boolean;
  /** The call's first span, where traces are made: others point to it. */
  context?: Context;
}
