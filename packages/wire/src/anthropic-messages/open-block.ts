import { isJsonObject, type ChatEvent, type JsonObject } from '@inferway/core';
import { citationOf } from './citations.js';
import { partOfBlock, textPart, toolCallPart } from './decode-block.js';
import type { JsonBody } from '../json-body.js';
import { opaqueOfSignature } from './foreign-signature.js';

type Kind = 'text' | 'reasoning' | 'tool-call' | 'provider' | 'whole';

/** A content block between its start and its stop, and the events that it gives. */
export class OpenBlock {
  readonly #index: number;
  readonly #kind: Kind;
  readonly #start: JsonObject;
  /** JSON text of a tool's input: of a call, or of a part of the provider's own. */
  #input = '';
  #signature = '';
  #value: JsonBody | undefined;

  constructor(index: number, block: JsonObject, out: ChatEvent[]) {
    this.#index = index;
    this.#start = block;
    const part = partOfBlock(block);
    switch (part.type) {
      case 'text':
        this.#kind = 'text';
        out.push({ type: 'part-start', index, part: textPart({ ...block, citations: null }, '') });
        if (part.text !== '') out.push({ type: 'text-delta', index, text: part.text });
        for (const citation of part.citations ?? [])
          out.push({ type: 'citation', index, citation });
        return;
      case 'reasoning':
        if (block.type === 'thinking') {
          this.#kind = 'reasoning';
          this.#signature = typeof block.signature === 'string' ? block.signature : '';
          out.push({ type: 'part-start', index, part: { type: 'reasoning', text: '' } });
          if (part.text !== '') out.push({ type: 'reasoning-delta', index, text: part.text });
          return;
        }
        this.#kind = 'whole';
        break;
      case 'tool-call':
        this.#kind = 'tool-call';
        out.push({ type: 'part-start', index, part: toolCallPart(block, part.id, part.name, '') });
        return;
      default:
        this.#kind = 'provider';
    }
    out.push({ type: 'part-start', index, part });
  }

  get isCall(): boolean {
    return this.#kind === 'tool-call';
  }

  delta(delta: JsonObject, out: ChatEvent[]): void {
    const index = this.#index;
    switch (this.#kind) {
      case 'text':
        if (typeof delta.text === 'string')
          out.push({ type: 'text-delta', index, text: delta.text });
        else if (isJsonObject(delta.citation))
          out.push({ type: 'citation', index, citation: citationOf(delta.citation) });
        return;
      case 'reasoning':
        if (typeof delta.thinking === 'string')
          out.push({ type: 'reasoning-delta', index, text: delta.thinking });
        else if (typeof delta.signature === 'string') this.#signature = delta.signature;
        return;
      case 'tool-call': {
        const json = delta.partial_json;
        if (typeof json !== 'string' || json === '') return;
        this.#input += json;
        out.push({ type: 'tool-call-delta', index, arguments: json });
        return;
      }
      case 'provider':
        this.#grow(delta);
    }
  }

  /** Ends the part. False for a call that may have been cut, without arguments or with broken ones: it is left open. */
  close(out: ChatEvent[]): boolean {
    const index = this.#index;
    switch (this.#kind) {
      case 'reasoning': {
        const opaque = opaqueOfSignature(this.#signature);
        out.push(
          opaque === undefined ? { type: 'part-end', index } : { type: 'part-end', index, opaque },
        );
        return true;
      }
      case 'tool-call':
        if (this.bare || (this.#input !== '' && !isJson(this.#input))) return false;
        this.closeCall(out);
        return true;
      case 'provider': {
        const value = this.#finished();
        if (value === undefined) break;
        out.push({ type: 'part-end', index, value });
        return true;
      }
    }
    out.push({ type: 'part-end', index });
    return true;
  }

  /** Ends a call with the arguments that it has. */
  closeCall(out: ChatEvent[]): void {
    const index = this.#index;
    if (this.#input === '') {
      const args = JSON.stringify(this.#start.input ?? {});
      out.push({ type: 'tool-call-delta', index, arguments: args });
    }
    out.push({ type: 'part-end', index });
  }

  /** True for a call of which no arguments came, neither in its start nor after it. */
  get bare(): boolean {
    const { input } = this.#start;
    return this.#input === '' && (!isJsonObject(input) || Object.keys(input).length === 0);
  }

  // Deltas of blocks that we do not know: a tool's input in pieces, text in pieces, or members in one piece (compaction_delta).
  #grow(delta: JsonObject): void {
    if (typeof delta.partial_json === 'string') {
      this.#input += delta.partial_json;
      return;
    }
    this.#value ??= { ...this.#start };
    for (const key in delta) {
      if (key === 'type' || key === '__proto__') continue;
      const before = this.#value[key];
      const more = delta[key];
      this.#value[key] =
        delta.type === 'text_delta' && typeof before === 'string' && typeof more === 'string'
          ? before + more
          : more;
    }
  }

  #finished(): JsonObject | undefined {
    if (this.#input === '') return this.#value;
    let input: JsonObject[string];
    try {
      input = JSON.parse(this.#input);
    } catch {
      input = this.#input; // cut: the text as far as it came
    }
    return { ...(this.#value ?? this.#start), input };
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
