import type { AssistantPart, ChatEvent, JsonObject, JsonValue, TextDelta } from '@inferway/core';
import type { ChunkFrame } from '../openai/chunk-frame.js';
import { writeAudio } from './audio-answer.js';
import { writeCitation } from './citations.js';
import { OPENAI_CHAT } from './dialect.js';
import { imageUrl } from './encode-answer.js';
import { writeLogprobs } from '../openai/logprobs.js';
import { writeEntries } from './reasoning-details.js';
import { writeExtra } from './tool-call.js';

type PartEvent = Exclude<
  ChatEvent,
  { type: 'start' | 'resumed' | 'end' | 'finish' | 'text-delta' }
>;
type PartEnd = Extract<ChatEvent, { type: 'part-end' }>;

interface OpenPart {
  readonly part: AssistantPart;
  /** Of a reasoning part, since its signature is told together with it. */
  text: string;
  /** Of a tool call: its number among the calls. */
  readonly call: number;
}

/** One answer of a stream as chunks. */
export class ChoiceEncoder {
  readonly frame: ChunkFrame;
  /** `{"index":0`: what each of its chunks has in `choices`, from the start. */
  readonly #own: string;
  readonly #id: string;
  readonly #parts: (OpenPart | undefined)[] = [];
  #began = false;
  #calls = 0;
  /** A reasoning part that has just ended without a word: said only if another one follows at once, to tell the two apart. */
  #silent: { readonly at: number; readonly text: string } | undefined;

  /** @param id For audio that has none of its own. */
  constructor(index: number, frame: ChunkFrame, id: string) {
    this.frame = frame;
    this.#own = `{"index":${index},"delta":{`;
    this.#id = id;
  }

  /** The chunk that names the role has been written. */
  get began(): boolean {
    return this.#began;
  }

  begin(content: string, tail: string): string {
    this.#began = true;
    return `${this.frame.head}${this.#own}"role":"assistant","content":${content},"refusal":null},"logprobs":null,"finish_reason":null}]${tail}`;
  }

  textDelta({ index, text, logprobs }: TextDelta): string {
    const member = this.#parts[index]?.part.type === 'refusal' ? 'refusal' : 'content';
    const probs = logprobs === undefined ? 'null' : JSON.stringify(writeLogprobs(logprobs));
    const { head, tail } = this.frame;
    return `${head}${this.#own}"${member}":${JSON.stringify(text)}},"logprobs":${probs},"finish_reason":null}]${tail}`;
  }

  /** A chunk with these members of `delta`, and the JSON text from `finish_reason` on. */
  chunk(delta: string, finish: string): string {
    return `${this.frame.head}${this.#own}${delta}},"logprobs":null,"finish_reason":${finish}}]${this.frame.tail}`;
  }

  part(event: PartEvent): string {
    switch (event.type) {
      case 'part-start': {
        return this.#start(event.index, event.part);
      }
      case 'reasoning-delta': {
        const open = this.#parts[event.index];
        if (open !== undefined) open.text += event.text;
        return this.#delta(`"reasoning_content":${JSON.stringify(event.text)}`);
      }
      case 'tool-call-delta': {
        const call = this.#parts[event.index]?.call ?? 0;
        const text = JSON.stringify(event.arguments);
        return this.#delta(`"tool_calls":[{"index":${call},"function":{"arguments":${text}}}]`);
      }
      case 'citation': {
        return this.#member('annotations', [writeCitation(event.citation)]);
      }
      case 'part-end': {
        return this.#end(event);
      }
    }
  }

  #start(index: number, part: AssistantPart): string {
    const open: OpenPart = { part, text: '', call: this.#calls };
    this.#parts[index] = open;
    if (part.type !== 'reasoning') this.#silent = undefined;
    switch (part.type) {
      case 'text':
      case 'refusal': {
        const cited = part.type === 'text' ? (part.citations ?? []) : [];
        return (
          (part.text === '' ? '' : this.textDelta({ type: 'text-delta', index, text: part.text })) +
          (cited.length === 0
            ? ''
            : this.#member(
                'annotations',
                cited.map((one) => writeCitation(one)),
              ))
        );
      }
      case 'reasoning': {
        const silent = this.#silent;
        this.#silent = undefined;
        open.text = part.text;
        return (
          (silent === undefined ? '' : this.#closing(silent)) +
          (part.text === '' ? '' : this.#delta(`"reasoning_content":${JSON.stringify(part.text)}`))
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
        return this.#member('tool_calls', [called]);
      }
      case 'image': {
        const url = imageUrl(part);
        if (url === undefined) return '';
        return this.#member('images', [{ type: 'image_url', image_url: { url } }]);
      }
      case 'audio': {
        const audio = writeAudio(part, `audio_${this.#id}`);
        return audio === undefined ? '' : this.#member('audio', audio);
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

  #end(event: PartEnd): string {
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
      return this.#member('reasoning_details', entries);
    }
    if (part.type === 'tool-call') {
      const extra = writeExtra(event.opaque ?? part.opaque, true);
      if (extra === undefined) return '';
      return this.#member('tool_calls', [{ index: open.call, extra_content: extra }]);
    }
    if (part.type === 'provider' && part.format === OPENAI_CHAT && part.kind === 'custom') {
      const value: JsonObject = event.value ?? part.value;
      return this.#member('tool_calls', [{ index: open.call, ...value }]);
    }
    return '';
  }

  #closing(silent: { at: number; text: string }): string {
    const entries = writeEntries({ type: 'reasoning', text: silent.text }, silent.at, true);
    return this.#member('reasoning_details', entries);
  }

  #member(name: string, value: JsonValue): string {
    return this.#delta(`"${name}":${JSON.stringify(value)}`);
  }

  #delta(members: string): string {
    return this.chunk(members, 'null');
  }
}
