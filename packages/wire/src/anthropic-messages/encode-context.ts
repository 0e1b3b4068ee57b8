import type { JsonObject, Warning } from '@inferway/core';
import type { EncodeTarget } from '../format.js';
import type { AnthropicDialect, AnthropicModelRules, AnthropicVersion } from './dialect.js';
import { schemaSubset } from './schema-subset.js';

/** What the encoding of one request needs to know throughout. */
export class EncodeContext {
  readonly version: AnthropicVersion;
  readonly rules: AnthropicModelRules;
  readonly unsignedReasoning: 'drop' | 'thinking';
  /** Toolsets by the ids of their calls: a result must name the toolset that its call named. */
  readonly toolsets: Map<string, string> = new Map();
  readonly #schemas: 'subset' | 'full';
  readonly #to: EncodeTarget<AnthropicDialect>;
  #told: Set<string> | undefined;
  /** Where the encoding is, in numbers: the path is made only for who is told it. */
  readonly #at: { message: number; part: number | undefined; inner: number | undefined } = {
    message: 0,
    part: undefined,
    inner: undefined,
  };

  constructor(to: EncodeTarget<AnthropicDialect>) {
    const { dialect } = to;
    this.#to = to;
    this.version = dialect?.version ?? '2023-06-01';
    this.rules = dialect?.model?.(to.model) ?? {};
    this.#schemas = dialect?.schemas ?? 'subset';
    this.unsignedReasoning = dialect?.unsignedReasoning ?? 'drop';
  }

  /** A message of the conversation is next. */
  enterMessage(index: number): void {
    this.#at.message = index;
    this.#at.part = undefined;
    this.#at.inner = undefined;
  }

  /** A part of the message is next. */
  enterPart(index: number): void {
    this.#at.part = index;
    this.#at.inner = undefined;
  }

  /** A part inside a tool's result is next. */
  enterInner(index: number): void {
    this.#at.inner = index;
  }

  get messagePath(): string {
    return `messages[${this.#at.message}]`;
  }

  /** The path of the part that is being encoded. */
  get path(): string {
    const { part, inner } = this.#at;
    const own = part === undefined ? '' : `.content[${part}]`;
    return `${this.messagePath}${own}${inner === undefined ? '' : `.content[${inner}]`}`;
  }

  /** Tells a warning once: a long conversation has the same one in every turn. */
  warn(type: Warning['type'], setting: string, message: string): void {
    if (this.#told?.has(message) === true) return;
    (this.#told ??= new Set()).add(message);
    this.#to.warn({ type, setting, message });
  }

  /** A schema that the answer is held to, as the target takes it. */
  schema(schema: JsonObject, setting: string): JsonObject {
    if (this.#schemas === 'full') return schema;
    const { schema: subset, moved } = schemaSubset(schema);
    if (moved.length > 0) {
      this.warn(
        'changed',
        setting,
        `${setting}: the API does not hold answers to ${moved.join(', ')}; the model was told in descriptions.`,
      );
    }
    return subset;
  }
}
