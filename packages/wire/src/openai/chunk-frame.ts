import type { JsonObject, Usage } from '@inferway/core';
import type { EncodeAs, StreamAs } from '../format.js';
import { addFields, type JsonBody } from '../json-body.js';
import { writeUsage } from './usage.js';

/** The protocol's own end. */
export const DONE = 'data: [DONE]\n\n';

/**
 * The text around the choices of each chunk of one answer, made once. With `includeUsage` every chunk has a `usage` member, null in all
 * but the last, as OpenAI sends it.
 */
export class ChunkFrame {
  readonly #object: string;
  readonly #as: EncodeAs & StreamAs;
  /** Up to and with the bracket that opens `choices`. */
  head: string;
  /** From behind the bracket that closes it. */
  readonly tail: string;

  constructor(object: string, as: EncodeAs & StreamAs) {
    this.#object = object;
    this.#as = as;
    this.tail = as.includeUsage === true ? ',"usage":null}\n\n' : '}\n\n';
    this.head = '';
    this.name({});
  }

  /** Takes the answer's own names where it has some. */
  name(answer: {
    readonly id?: string | undefined;
    readonly model?: string | undefined;
    readonly created?: number | undefined;
  }): void {
    const head = JSON.stringify({
      id: answer.id ?? this.#as.id,
      object: this.#object,
      created: answer.created ?? this.#as.created,
      model: answer.model ?? this.#as.model,
    });
    this.head = `data: ${head.slice(0, -1)},"choices":[`;
  }

  /** The tail of a chunk that has further fields beside its choices. */
  tailWith(fields: JsonObject): string {
    const body: JsonBody = {};
    addFields(body, fields);
    const text = JSON.stringify(body);
    return text === '{}' ? this.tail : `,${text.slice(1, -1)}${this.tail}`;
  }

  /** The chunk that tells the usage, for callers that asked for it; the only one without a choice. */
  usage(usage: Usage | undefined, fields: JsonObject | undefined): string {
    if (this.#as.includeUsage !== true || usage === undefined) return '';
    const body: JsonBody = { usage: writeUsage(usage) };
    addFields(body, fields);
    return `${this.head}],${JSON.stringify(body).slice(1)}\n\n`;
  }
}
