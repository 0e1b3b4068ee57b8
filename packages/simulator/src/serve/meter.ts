import type { Operation, Usage } from '@inferway/core';
import type { Generation } from '../answer/generation.js';
import type { Frame } from '../http/frame.js';
import type { CacheUse } from '../usage/prompt-cache.js';

/** Counts what was truly generated of one answer. */
export class Meter {
  readonly #inputTokens: number;
  readonly #cache: CacheUse | undefined;
  readonly #whole: Pick<Generation<Operation>, 'outputTokens' | 'reasoningTokens' | 'usage'>;
  #output = 0;
  #thought = 0;

  constructor(
    inputTokens: number,
    cache: CacheUse | undefined,
    whole: Pick<Generation<Operation>, 'outputTokens' | 'reasoningTokens' | 'usage'>,
  ) {
    this.#inputTokens = inputTokens;
    this.#cache = cache;
    this.#whole = whole;
  }

  add(frame: Frame): void {
    this.#output += frame.tokens;
    if (frame.kind === 'thought') this.#thought += frame.tokens;
  }

  /** The usage of the whole answer, or of what was generated so far. */
  usage(whole: boolean): Usage {
    const cache = this.#cache;
    return {
      inputTokens: this.#inputTokens,
      outputTokens: whole ? this.#whole.outputTokens : this.#output,
      ...(cache === undefined
        ? {}
        : {
            cacheReadTokens: cache.read,
            cacheWriteTokens: cache.written,
            cacheWrite1hTokens: cache.written1h,
            reasoningTokens: whole ? this.#whole.reasoningTokens : this.#thought,
          }),
      ...this.#whole.usage,
    };
  }
}
