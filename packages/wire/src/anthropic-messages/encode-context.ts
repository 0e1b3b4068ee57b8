import type { Warning } from '@inferway/core';
import type { EncodeTarget } from '../format.js';
import type { AnthropicDialect, AnthropicModelRules, AnthropicVersion } from './dialect.js';

/** What the encoding of one request needs to know throughout. */
export class EncodeContext {
  readonly version: AnthropicVersion;
  readonly rules: AnthropicModelRules;
  readonly unsignedReasoning: 'drop' | 'thinking';
  readonly #to: EncodeTarget<AnthropicDialect>;
  #told: Set<string> | undefined;

  constructor(to: EncodeTarget<AnthropicDialect>) {
    const { dialect } = to;
    this.#to = to;
    this.version = dialect?.version ?? '2023-06-01';
    this.rules = dialect?.model?.(to.model) ?? {};
    this.unsignedReasoning = dialect?.unsignedReasoning ?? 'drop';
  }

  /** Tells a warning once: a long conversation has the same one in every turn. */
  warn(type: Warning['type'], setting: string, message: string): void {
    if (this.#told?.has(message) === true) return;
    (this.#told ??= new Set()).add(message);
    this.#to.warn({ type, setting, message });
  }
}
