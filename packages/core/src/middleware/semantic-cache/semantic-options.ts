import type { Call } from '../../call.js';
import type { VectorIndex } from '../../stores/vector-index.js';
import { badOption, checkCount, checkFlag, checkMs, checkShare } from '../../option-checks.js';
import { memoryVectors } from '../../stores/memory-vectors.js';
import type { Clock } from '../../clock.js';
import {
  checkAnswerCache,
  type AnswerCacheOptions,
  type AnswerCacheSettings,
} from '../cache/cache-options.js';
import type { Embedder } from './embedder.js';
import { sameFacts } from './same-facts.js';

/** Whether a question may have the answer of another one that is near to it. */
export type Verify = (asked: string, known: string, call: Call) => boolean | Promise<boolean>;

/** What is kept, for whom, and how near questions must be. `scope` and `embed` are needed. */
export interface SemanticCacheOptions extends AnswerCacheOptions {
  /** Makes the vectors: `clientEmbedder(client, { model })`, or a function of your own. */
  readonly embed: Embedder;
  /** How near two questions must be: the cosine of their vectors, above 0 and at most 1. Default 0.95. */
  readonly threshold?: number | undefined;
  /** Asked of what is near enough, nearest first. Default `sameFacts`; `false` trusts the vectors alone. */
  readonly verify?: Verify | false | undefined;
  /** How many near questions are looked at. Default 3. */
  readonly candidates?: number | undefined;
  /** Where the vectors are. Default: a memory index with `maxVectors` and `maxPerPartition`. */
  readonly index?: VectorIndex | undefined;
  /** Of the memory index. Default 10,000. */
  readonly maxVectors?: number | undefined;
  /** Of the memory index: vectors of one tenant, model, system prompt … Default 1,000. */
  readonly maxPerPartition?: number | undefined;
  /** Also for conversations of several turns: all before the last text must be equal. Default false: only single questions. */
  readonly conversations?: boolean | undefined;
  /** Questions of more characters are not looked up. Default 4,000. */
  readonly maxTextLength?: number | undefined;
  /** How long a look-up may take (vector, index, `verify`) before the call counts as a miss, in milliseconds. Default 1,000. */
  readonly lookupTimeoutMs?: number | undefined;
}

export interface SemanticSettings extends AnswerCacheSettings {
  readonly embed: Embedder;
  readonly threshold: number;
  readonly verify: Verify | undefined;
  readonly candidates: number;
  readonly conversations: boolean;
  readonly maxTextLength: number;
  readonly lookupTimeoutMs: number;
  index(clock: Clock): VectorIndex;
}

const OWNER = 'semanticCache';

/** @throws {InferwayError} `configuration` naming the option that cannot work. */
export function checkSemantic(options: SemanticCacheOptions): SemanticSettings {
  const common = checkAnswerCache(OWNER, options);
  const { embed, verify, maxVectors, maxPerPartition } = options;
  if (typeof embed !== 'function') {
    throw badOption(
      'embed',
      `${OWNER}: embed is missing. Give clientEmbedder(client, { model }), or (text, call) => its vector.`,
    );
  }
  if (verify !== undefined && verify !== false && typeof verify !== 'function') {
    throw badOption(
      'verify',
      `${OWNER}: verify is no function. Give one of both questions, or false.`,
    );
  }
  let { index } = options;
  if (index !== undefined) checkIndex(index, maxVectors ?? maxPerPartition);
  // Checks its bounds now.
  else memoryVectors({ maxVectors, maxPerPartition });
  return {
    ...common,
    embed,
    threshold: checkShare(OWNER, 'threshold', options.threshold ?? 0.95),
    verify: verify === false ? undefined : (verify ?? sameFacts),
    candidates: checkCount(OWNER, 'candidates', options.candidates ?? 3),
    conversations: checkFlag(OWNER, 'conversations', options.conversations),
    maxTextLength: checkCount(OWNER, 'maxTextLength', options.maxTextLength ?? 4000),
    lookupTimeoutMs: checkMs(OWNER, 'lookupTimeoutMs', options.lookupTimeoutMs ?? 1000),
    index: (clock) => (index ??= memoryVectors({ maxVectors, maxPerPartition, clock })),
  };
}

function checkIndex(index: VectorIndex, bound: number | undefined): void {
  if (typeof index?.add !== 'function' || typeof index.nearest !== 'function') {
    throw badOption('index', `${OWNER}: the index has no add and nearest. Give a VectorIndex.`);
  }
  if (bound === undefined) return;
  throw badOption(
    'index',
    `${OWNER}: maxVectors and maxPerPartition are of the memory index. Bound the given index itself.`,
  );
}
