import type { Operation, RequestOf } from '@inferway/core';
import type { StreamAs } from '@inferway/wire';
import type { Generation } from '../answer/generation.js';
import type { Recall } from '../recall.js';
import type { PromptSegment } from '../usage/prompt-segments.js';
import type { ModelReference } from './model-reference.js';
import type { Told } from './told.js';

/** A request that was read, with what follows from it alone: the same body is read and answered once and told many times. */
export interface Heard<K extends Operation> {
  readonly body: unknown;
  readonly reference: ModelReference;
  readonly stream: boolean;
  readonly request: RequestOf<K>;
  readonly as: StreamAs;
  readonly segments: readonly PromptSegment[];
  readonly inputTokens: number;
  /** The answers of each model to it. */
  readonly generations: Map<string, Generation<K>>;
  /** Those answers as wire text. */
  readonly told: Recall<Told>;
}
