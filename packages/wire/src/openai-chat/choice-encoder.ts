import type { AssistantPart, ChatEvent, JsonObject, JsonValue, TextDelta } from '@inferway/core';
import { writeAudio } from './audio-answer.js';
import { writeCitation } from './citations.js';
import { OPENAI_CHAT } from './dialect.js';
import { imageUrl } from './encode-answer.js';
import { writeLogprobs } from './logprobs.js';
import { writeEntries } from './reasoning-details.js';
import { writeExtra } from './tool-call.js';

type PartEvent = Exclude<ChatEvent, { type: 'start' | 'end' | 'finish' | 'text-delta' }>;
type PartEnd = Extract<ChatEvent, { type: 'part-end' }>;

interface OpenPart {
  readonly part: AssistantPart;
  /** Of a reasoning part, since its signature is told together with it. */
  text: string;
  /** Of a tool call: its number among the calls. */
  readonly call: number;
}

/** One answer of a stream as chunks. `head` and `tail` are the text around a choice. */
export class ChoiceEncoder {
  readonly index: number;
  readonly #id: string;
  readonly #parts: (OpenPart | undefined)[] = [];
  #began = false;
  #calls = 0;
  /** A reasoning part that has just ended without a word: said only if another one follows at once, to tell the two apart. */
  #silent: { readonly at: number; readonly text: string } | undefined;

  constructor(index: number, id: string) {
    this.index = index;
    this.#id = id;
  }

  get isNew(): boolean {
    return !this.#began;
  }

  /** The chunk that names the role, if it has not been sent. */
  begin(head: string, tail: string, content: '""' | 'null' = '""'): string {
    if (this.#began) return '';
    this.#began = true;
    return `${head}${this.index},"delta":{"role":"assistant","content":${content},"refusal":null},"logprobs":null,"finish_reason":null}]${tail}`;
  }

  textDelta({ index, text, logprobs }: TextDelta, head: string, tail: string): string {
    const member = this.#parts[index]?.part.type === 'refusal' ? 'refusal' : 'content';
    const probs = logprobs === undefined ? 'null' : JSON.stringify(writeLogprobs(logprobs));
    return `${head}${this.index},"delta":{"${member}":${JSON.stringify(text)}},"logprobs":${probs},"finish_reason":null}]${tail}`;
  }

  /** @param firstTail The tail of the chunk that names the role. */
  part(event: PartEvent, head: string, firstTail: string, tail: string): string {
    switch (event.type) {
      case 'part-start': {
        const content = event.part.type === 'tool-call' ? 'null' : '""';
        const begin = this.begin(head, firstTail, content);
        return begin + this.#start(event.index, event.part, head, tail);
      }
      case 'reasoning-delta': {
        const open = this.#parts[event.index];
        if (open !== undefined) open.text += event.text;
        return this.#delta(`"reasoning_content":${JSON.stringify(event.text)}`, head, tail);
      }
      case 'tool-call-delta': {
        const call = this.#parts[event.index]?.call ?? 0;
        const text = JSON.stringify(event.arguments);
        return this.#delta(
          `"tool_calls":[{"index":${call},"function":{"arguments":${text}}}]`,
          head,
          tail,
        );
      }
      case 'citation': {
        return this.#member('annotations', [writeCitation(event.citation)], head, tail);
      }
      case 'part-end': {
        return this.#end(event, head, tail);
      }
    }
  }

  #start(index: number, part: AssistantPart, head: string, tail: string): string {
    const open: OpenPart = { part, text: '', call: this.#calls };
    this.#parts[index] = open;
    if (part.type !== 'reasoning') this.#silent = undefined;
    switch (part.type) {
      case 'text':
      case 'refusal': {
        const cited = part.type === 'text' ? (part.citations ?? []) : [];
        return (
          (part.text === ''
            ? ''
            : this.textDelta({ type: 'text-delta', index, text: part.text }, head, tail)) +
          (cited.length === 0
            ? ''
            : this.#member(
                'annotations',
                cited.map((one) => writeCitation(one)),
                head,
                tail,
              ))
        );
      }
      case 'reasoning': {
        const silent = this.#silent;
        this.#silent = undefined;
        open.text = part.text;
        return (
          (silent === undefined ? '' : this.#closing(silent, head, tail)) +
          (part.text === ''
            ? ''
            : this.#delta(`"reasoning_content":${JSON.stringify(part.text)}`, head, tail))
        );
      }
      case 'tool-call': {
        this.#calls++;
        const { id, name, arguments: text } = part;
        const called = {
          index: open.call,
          id,
          type: 'function',
          function: { name, arguments: text },
        };
        return this.#member('tool_calls', [called], head, tail);
      }
      case 'image': {
        const url = imageUrl(part);
        if (url === undefined) return '';
        return this.#member('images', [{ type: 'image_url', image_url: { url } }], head, tail);
      }
      case 'audio': {
        const audio = writeAudio(part, `audio_${this.#id}`);
        return audio === undefined ? '' : this.#member('audio', audio, head, tail);
      }
      case 'provider': {
        if (part.format === OPENAI_CHAT && part.kind === 'custom') this.#calls++;
        return '';
      }
      default: {
        return '';
      }
    }
  }

  #end(event: PartEnd, head: string, tail: string): string {
    const open = this.#parts[event.index];
    this.#parts[event.index] = undefined;
    if (open === undefined) return '';
    const { part } = open;
    if (part.type === 'reasoning') {
      const opaque = event.opaque ?? part.opaque;
      if (opaque === undefined) {
        this.#silent = { at: event.index, text: open.text };
        return '';
      }
      const entries = writeEntries(
        { type: 'reasoning', text: open.text, opaque },
        event.index,
        true,
      );
      return this.#member('reasoning_details', entries, head, tail);
    }
    if (part.type === 'tool-call') {
      const extra = writeExtra(event.opaque ?? part.opaque, true);
      if (extra === undefined) return '';
      return this.#member('tool_calls', [{ index: open.call, extra_content: extra }], head, tail);
    }
    if (part.type === 'provider' && part.format === OPENAI_CHAT && part.kind === 'custom') {
      const value: JsonObject = event.value ?? part.value;
      return this.#member('tool_calls', [{ index: open.call, ...value }], head, tail);
    }
    return '';
  }

  #closing(silent: { at: number; text: string }, head: string, tail: string): string {
    const entries = writeEntries({ type: 'reasoning', text: silent.text }, silent.at, true);
    return this.#member('reasoning_details', entries, head, tail);
  }

  #member(name: string, value: JsonValue, head: string, tail: string): string {
    return this.#delta(`"${name}":${JSON.stringify(value)}`, head, tail);
  }

  #delta(members: string, head: string, tail: string): string {
    return `${head}${this.index},"delta":{${members}},"logprobs":null,"finish_reason":null}]${tail}`;
  }
}
