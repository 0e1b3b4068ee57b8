import { hash } from 'node:crypto';
import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import type { Clock } from '../../clock.js';
import { InferwayError } from '../../error.js';
import { linkedController } from '../../signal.js';
import type { VectorIndex } from '../../stores/vector-index.js';
import type { CachedAnswers, FoundAnswer } from '../cache/cached-answers.js';
import { FailureRest } from '../cache/failure-rest.js';
import type { SemanticSettings } from './semantic-options.js';
import { vectorOf } from './vector-of.js';

/** Look-ups at once; a call beyond goes on without. So an embedder that hangs collects no pile. */
const MOST_LOOKUPS = 256;
const FAILURES_TO_REST = 5;
const REST_MS = 5000;

/** A question in its place. */
export interface Place {
  /** All that must be equal, as a hash: tenant, model, and the request without the question. */
  readonly partition: string;
  readonly text: string;
}

/** What a look-up gave. */
export interface Looked {
  /** Undefined where none could be made: then the answer cannot be kept either. */
  readonly vector: ArrayLike<number> | undefined;
  readonly found?: { readonly answer: FoundAnswer; readonly similarity: number } | undefined;
}

/** Finds answers to questions that mean the same, and writes down where new ones are. Fails only where the call is aborted. */
export class Lookup {
  readonly #settings: SemanticSettings;
  readonly #answers: CachedAnswers;
  readonly #index: VectorIndex;
  readonly #clock: Clock;
  readonly #rest = new FailureRest(FAILURES_TO_REST, REST_MS);
  #running = 0;
  #adding = 0;

  constructor(settings: SemanticSettings, answers: CachedAnswers, clock: Clock) {
    this.#settings = settings;
    this.#answers = answers;
    this.#index = settings.index(clock);
    this.#clock = clock;
  }

  /** The text's vector and, unless `vectorOnly`, the nearest answer that passes. */
  async look(call: Call, place: Place, vectorOnly: boolean): Promise<Looked> {
    if (this.#rest.isResting(this.#clock.now()) || this.#running >= MOST_LOOKUPS) {
      tell(call, { type: 'semantic-embed', result: 'resting', ms: 0 });
      return { vector: undefined };
    }
    const link = linkedController(call.signal);
    const { lookupTimeoutMs } = this.#settings;
    const timer = this.#clock.setTimer(() => link.abort(tooSlow(lookupTimeoutMs)), lookupTimeoutMs);
    const looked: { vector: ArrayLike<number> | undefined } = { vector: undefined };
    this.#running++;
    const work = this.#search({ ...call, signal: link.signal }, place, vectorOnly, looked);
    const over = (): void => {
      this.#running--;
    };
    work.then(over, over);
    try {
      const found = await link.race(work);
      this.#rest.worked();
      return { ...looked, found };
    } catch (reason) {
      if (call.signal.aborted) throw reason;
      this.#rest.failed(this.#clock.now());
      return looked;
    } finally {
      this.#clock.clearTimer(timer);
      link.release();
    }
  }

  /** Writes down, in the background, that the question's answer is kept. */
  add({ partition, text }: Place, vector: ArrayLike<number>, ttlMs: number): void {
    if (this.#adding >= MOST_LOOKUPS) return;
    this.#adding++;
    const over = (): void => {
      this.#adding--;
    };
    try {
      const added = this.#index.add(partition, idOf(partition, text), vector, ttlMs);
      if (added instanceof Promise) added.then(over, over);
      else over();
    } catch {
      over();
    }
  }

  async #search(
    call: Call,
    { partition, text }: Place,
    vectorOnly: boolean,
    looked: { vector: ArrayLike<number> | undefined },
  ): Promise<Looked['found']> {
    const { embed, threshold, candidates } = this.#settings;
    const vector = await vectorOf(embed, text, call);
    looked.vector = vector;
    if (vectorOnly) return undefined;
    const near = await this.#index.nearest(partition, vector, candidates, threshold);
    for (const { id, similarity } of near) {
      if (call.signal.aborted) return undefined;
      if (!(similarity >= threshold - 1e-6)) continue;
      const answer = await this.#answers.find(call, storeKey(partition, id));
      const known = answer?.entry.asked;
      if (answer === undefined || known === undefined) {
        tell(call, { type: 'semantic-refused', reason: 'gone', similarity });
        await this.#index.remove(partition, id);
      } else if (await this.#passes(text, known, call)) return { answer, similarity };
      else tell(call, { type: 'semantic-refused', reason: 'verify', similarity });
    }
    return undefined;
  }

  async #passes(asked: string, known: string, call: Call): Promise<boolean> {
    const { verify } = this.#settings;
    if (verify === undefined) return true;
    try {
      return (await verify(asked, known, call)) === true;
    } catch {
      return false;
    }
  }
}

/** The key of a question's answer in the store. */
export function answerKey({ partition, text }: Place): string {
  return storeKey(partition, idOf(partition, text));
}

// Both name the partition: an index that gave an id of another one would lead nowhere.
function storeKey(partition: string, id: string): string {
  return `${partition}.${id}`;
}

function idOf(partition: string, text: string): string {
  return hash('sha256', `${partition}\n${text}`, 'base64url');
}

function tooSlow(lookupTimeoutMs: number): InferwayError {
  return new InferwayError('timeout', {
    message: `semanticCache: the look-up was not over within its ${lookupTimeoutMs} ms. Raise lookupTimeoutMs, or take a faster embedder.`,
    phase: 'total',
    retryable: false,
    fallbackable: false,
  });
}
