import type { JsonObject, JsonValue, TokenPrices, Usage } from '@inferway/core';
import type { SeededRandom } from '../../seeded-random.js';

/** A file that a model made. */
export interface MadeFile {
  readonly data: Uint8Array;
  readonly mediaType: string;
  /** With its ending. */
  readonly name: string;
}

/** What a model can do while it works. */
export interface WorkPlace {
  readonly random: SeededRandom;
  /** Puts a file where it can be fetched for an hour and gives its URL. */
  deliver(file: MadeFile): string;
  /** The bytes behind an input's URL. @throws {WorkError} where there are none. */
  open(url: string): Uint8Array;
}

/** One piece of the work. */
export interface WorkStep {
  /** How long it takes, in the pace's tokens. */
  readonly tokens: number;
  readonly output?: JsonValue | undefined;
  readonly log?: string | undefined;
  /** What the work has used so far, this piece included. */
  readonly usage?: Usage | undefined;
}

/** A model at work on one input. */
export interface Work {
  /** `list`: outputs are added to each other; `value`: there is one. */
  readonly shape: 'list' | 'value';
  /** What its outputs are. */
  readonly gives: 'text' | 'files' | 'json';
  /** Runs as it is iterated. @throws {WorkError} */
  readonly steps: Iterable<WorkStep>;
  /** What is told of the work beside its time. */
  metrics?(usage: Usage): JsonObject;
}

/** The model fails, with the text that its prediction gives as `error`. */
export class WorkError extends Error {}

/** What a model costs, in nano-dollars. */
export type Price =
  | { readonly per: 'second'; readonly amount: number }
  | { readonly per: 'image'; readonly amount: number }
  | { readonly per: 'token'; readonly prices: TokenPrices };
