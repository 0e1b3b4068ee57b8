import { isJsonObject, type AssistantPart, type ChatEvent, type JsonObject } from '@inferway/core';
import { sse } from '../sse-writer.js';
import { answerBlock, redacted } from './answer-block.js';
import { callOpaqueBlock } from './call-opaque.js';
import { citationFor } from './citations.js';
import { signatureFor } from './foreign-signature.js';

/** Events of the parts of an answer. */
export type PartEvent = Exclude<ChatEvent, { type: 'start' | 'resumed' | 'finish' | 'end' }>;

/** Writes one part as a content block. The block's number is taken when it starts, so that parts without a block leave no gap. */
export class PartWriter {
  readonly #part: AssistantPart;
  readonly waiting: PartEvent[] = [];
  /** True once it is this part's turn. */
  writing = false;
  /** True once its `part-end` has come, written or waiting. */
  ended = false;
  #nextIndex: () => number = () => 0;
  /** The block's index on the wire, once its start is written. */
  #index: number | undefined;

  constructor(part: AssistantPart) {
    this.#part = part;
  }

  get isCall(): boolean {
    return this.#part.type === 'tool-call';
  }

  /** Keeps an event until it is this part's turn. */
  wait(event: PartEvent): void {
    this.waiting.push(event);
    if (event.type === 'part-end') this.ended = true;
  }

  begin(nextIndex: () => number): string {
    this.writing = true;
    this.#nextIndex = nextIndex;
    const part = this.#part;
    switch (part.type) {
      case 'text':
      case 'refusal': {
        const { citations, ...block } = (answerBlock({ ...part, text: '' }) ?? {}) as JsonObject;
        const text = this.#start(block) + this.#text(part.text);
        return Array.isArray(citations)
          ? citations.reduce<string>(
              (all, citation) => all + this.#delta({ type: 'citations_delta', citation }),
              text,
            )
          : text;
      }
      case 'tool-call': {
        const block = answerBlock({ ...part, arguments: '' }) ?? {};
        return this.#start(block) + this.#json(part.arguments);
      }
      case 'reasoning':
        return part.text === '' ? '' : this.#thinking(part.text);
      default:
        return '';
    }
  }

  write(event: PartEvent): string {
    switch (event.type) {
      case 'text-delta':
        return this.#text(event.text);
      case 'reasoning-delta':
        return event.text === '' ? '' : this.#thinking(event.text);
      case 'tool-call-delta':
        return this.#json(event.arguments);
      case 'citation': {
        const citation = citationFor(event.citation);
        return citation === undefined ? '' : this.#delta({ type: 'citations_delta', citation });
      }
      case 'part-end':
        return this.#end(event);
      case 'part-start':
        return '';
    }
  }

  #end({ opaque = this.#part.opaque, value }: Extract<PartEvent, { type: 'part-end' }>): string {
    const part = this.#part;
    if (part.type === 'reasoning') {
      const block = this.#index === undefined ? redacted(opaque) : undefined;
      if (block !== undefined) return this.#start(block) + this.#stop();
      const signature = signatureFor(opaque);
      const text = this.#index === undefined ? this.#start(EMPTY_THINKING) : '';
      return (
        text +
        (signature === '' ? '' : this.#delta({ type: 'signature_delta', signature })) +
        this.#stop()
      );
    }
    if (this.#index !== undefined) {
      const carried = part.type === 'tool-call' ? callOpaqueBlock(part.id, opaque) : undefined;
      const stop = this.#stop();
      return carried === undefined ? stop : stop + this.#start(carried) + this.#stop();
    }
    // A part that was held back whole: a block of this format's own, or spoken text.
    const block = answerBlock(
      part.type === 'provider' && value !== undefined ? { ...part, value } : part,
    );
    if (block === undefined) return '';
    const text = part.type === 'audio' ? this.#start({ type: 'text', text: '' }) : undefined;
    if (text !== undefined) return text + this.#text(String(block.text)) + this.#stop();
    // As the API streams it: a tool's input comes in deltas.
    if (!isJsonObject(block.input)) return this.#start(block) + this.#stop();
    const json = JSON.stringify(block.input);
    return this.#start({ ...block, input: {} }) + this.#json(json) + this.#stop();
  }

  #thinking(text: string): string {
    const start = this.#index === undefined ? this.#start(EMPTY_THINKING) : '';
    return `${start}${this.#deltaHead('thinking_delta', 'thinking')}${JSON.stringify(text)}}}\n\n`;
  }

  #text(text: string): string {
    return text === ''
      ? ''
      : `${this.#deltaHead('text_delta', 'text')}${JSON.stringify(text)}}}\n\n`;
  }

  #json(json: string): string {
    if (json === '') return '';
    return `${this.#deltaHead('input_json_delta', 'partial_json')}${JSON.stringify(json)}}}\n\n`;
  }

  // Nearly all events of a stream are deltas of one string: only that string is serialised.
  #deltaHead(type: string, field: string): string {
    return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.#index},"delta":{"type":"${type}","${field}":`;
  }

  #start(block: JsonObject): string {
    this.#index = this.#nextIndex();
    const event = { type: 'content_block_start', index: this.#index, content_block: block };
    return sse(JSON.stringify(event), 'content_block_start');
  }

  #delta(delta: JsonObject): string {
    const event = { type: 'content_block_delta', index: this.#index, delta };
    return sse(JSON.stringify(event), 'content_block_delta');
  }

  #stop(): string {
    return sse(`{"type":"content_block_stop","index":${this.#index}}`, 'content_block_stop');
  }
}

const EMPTY_THINKING: JsonObject = { type: 'thinking', thinking: '', signature: '' };
