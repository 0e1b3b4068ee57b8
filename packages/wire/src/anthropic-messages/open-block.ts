import { isJsonObject, type ChatEvent, type JsonObject } from '@inferway/core';
import { citationOf } from './citations.js';
import { partOfBlock, textPart, toolCallPart } from './decode-block.js';
import type { JsonBody } from '../json-body.js';
import { opaqueOfSignature } from './foreign-signature.js';

type Kind = 'text' | 'reasoning' | 'tool-call' | 'provider' | 'whole';

const GROWTH: Readonly<Partial<Record<Kind, string>>> = {
  text: 'text',
  reasoning: 'thinking',
  'tool-call': 'partial_json',
};

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

  /** The member of a delta that lets this block grow, where it is a text that is told at once. */
  get growsBy(): string | undefined {
    return GROWTH[this.#kind];
  }

  delta(delta: JsonObject, out: ChatEvent[]): void {
    const { growsBy } = this;
    const more = growsBy === undefined ? undefined : delta[growsBy];
    if (typeof more === 'string') this.grow(more, out);
    else if (this.#kind === 'text') {
      if (isJsonObject(delta.citation))
        out.push({ type: 'citation', index: this.#index, citation: citationOf(delta.citation) });
    } else if (this.#kind === 'reasoning') {
      if (typeof delta.signature === 'string') this.#signature = delta.signature;
    } else if (this.#kind === 'provider') this.#add(delta);
  }

  /** The next piece of what the block grows by. */
  grow(more: string, out: ChatEvent[]): void {
    const index = this.#index;
    switch (this.#kind) {
      case 'text':
        out.push({ type: 'text-delta', index, text: more });
        return;
      case 'reasoning':
        out.push({ type: 'reasoning-delta', index, text: more });
        return;
      case 'tool-call':
        if (more === '') return;
        this.#input += more;
        out.push({ type: 'tool-call-delta', index, arguments: more });
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
  #add(delta: JsonObject): void {
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
