import type {
  AssistantPart,
  ChatEvent,
  Citation,
  JsonObject,
  TokenLogprob,
  Warning,
} from '@inferway/core';
import { asText } from '../lenient.js';
import type { CallIds } from '../openai/call-ids.js';
import { cutCall } from '../openai/tool-arguments.js';
import { keep, OPENAI_RESPONSES } from './dialect.js';
import { givenId } from './item-id.js';
import { callFields, messageFields, readItem } from './read-item.js';
import { SECTION } from './reasoning-item.js';

/** What all items of one answer share. */
export interface AnswerSource {
  readonly ids: CallIds;
  warn(warning: Warning): void;
  nextIndex(): number;
}

/** A part that has begun. */
interface Slot {
  readonly index: number;
  /** The text, or the arguments, as far as they have come. */
  told: string;
  citations: number;
  /** The section of a summary that grew last. */
  section: string | undefined;
  ended: boolean;
}

/** One output item of a stream: its parts open as they come, grow, and are completed by the item as it is when it is done. */
export class OpenItem {
  readonly #source: AnswerSource;
  readonly #slots: Map<number, Slot> = new Map();
  /** As it was added or, once it is done, as it is. */
  item: JsonObject;
  done = false;

  constructor(item: JsonObject, source: AnswerSource, out: ChatEvent[]) {
    this.item = item;
    this.#source = source;
    const type = asText(item['type']);
    switch (type) {
      case undefined:
      case 'message':
        break;
      case 'reasoning': {
        // Its id is known already; the rest of what goes back comes with its end.
        const id = givenId(item['id']);
        const kept = keep(id === undefined ? undefined : { id });
        this.#open(0, { type: 'reasoning', text: '', ...kept }, out);
        break;
      }
      case 'function_call': {
        this.#openCall(out);
        break;
      }
      default:
        this.#open(0, { type: 'provider', format: OPENAI_RESPONSES, kind: type, value: item }, out);
    }
  }

  /** A content of a message begins. */
  content(at: number, type: unknown, out: ChatEvent[]): void {
    if (this.item['type'] !== 'message' || this.#slots.has(at)) return;
    const kept = keep(messageFields(this.item));
    if (type === 'output_text') this.#open(at, { type: 'text', text: '', ...kept }, out);
    else if (type === 'refusal') this.#open(at, { type, text: '', ...kept }, out);
  }

  /** The text of a message's content grows. */
  text(at: number, text: string, logprobs: TokenLogprob[] | undefined, out: ChatEvent[]): void {
    if (text === '') return;
    const slot = this.#slots.get(at);
    if (slot === undefined || slot.ended) return;
    slot.told += text;
    out.push({ type: 'text-delta', index: slot.index, text, logprobs });
  }

  cite(at: number, citation: Citation, out: ChatEvent[]): void {
    const slot = this.#slots.get(at);
    if (slot === undefined || slot.ended) return;
    slot.citations++;
    out.push({ type: 'citation', index: slot.index, citation });
  }

  /** A section of the summary, or of the thoughts themselves, grows. Where both come, the first of them is the text. */
  thought(kind: 'summary' | 'content', at: number, text: string, out: ChatEvent[]): void {
    const slot = this.#slots.get(0);
    if (slot === undefined || slot.ended || text === '' || this.item['type'] !== 'reasoning')
      return;
    const section = `${kind}${at}`;
    if (slot.section !== undefined && slot.section !== section) {
      if (!slot.section.startsWith(kind)) return;
      this.#grow(slot, SECTION, out);
    }
    slot.section = section;
    this.#grow(slot, text, out);
  }

  /** The arguments of a call grow. */
  call(text: string, out: ChatEvent[]): void {
    const slot = this.#slots.get(0);
    if (slot === undefined || slot.ended || text === '') return;
    slot.told += text;
    out.push({ type: 'tool-call-delta', index: slot.index, arguments: text });
  }

  /** The item is whole: what no delta carried is told, and its parts end. */
  settle(item: JsonObject, out: ChatEvent[]): void {
    if (this.done) return;
    this.done = true;
    this.item = { type: this.item['type'], ...item };
    const slot = this.#slots.get(0);
    if (item['type'] === 'function_call' && item['status'] === 'incomplete' && slot !== undefined) {
      // Without its end it is no part of the result.
      this.#source.warn(cutCall(asText(item['name'])));
      return;
    }
    const parts = readItem(this.item, this.#source);
    parts.forEach((part, at) => {
      const open = this.#slots.get(at) ?? this.#open(at, emptied(part), out);
      this.#complete(open, part, out);
    });
    this.#closeFrom(parts.length, out);
  }

  /** The answer has ended, and this item was never told to be done. */
  close(whole: boolean, out: ChatEvent[]): void {
    if (this.done) return;
    this.done = true;
    if (this.item['type'] === 'function_call' && !whole) {
      this.#source.warn(cutCall(asText(this.item['name'])));
      return;
    }
    this.#closeFrom(0, out);
  }

  #openCall(out: ChatEvent[]): void {
    const name = asText(this.item['name']);
    if (name === undefined) return;
    const id = this.#source.ids.take(asText(this.item['call_id']) ?? asText(this.item['id']));
    const kept = keep(callFields(this.item));
    this.#open(0, { type: 'tool-call', id, name, arguments: '', ...kept }, out);
  }

  #open(at: number, part: AssistantPart, out: ChatEvent[]): Slot {
    const index = this.#source.nextIndex();
    const slot = { index, told: '', citations: 0, section: undefined, ended: false };
    this.#slots.set(at, slot);
    out.push({ type: 'part-start', index, part });
    return slot;
  }

  #grow(slot: Slot, text: string, out: ChatEvent[]): void {
    slot.told += text;
    out.push({ type: 'reasoning-delta', index: slot.index, text });
  }

  #complete(slot: Slot, part: AssistantPart, out: ChatEvent[]): void {
    if (slot.ended) return;
    slot.ended = true;
    const { index, told } = slot;
    switch (part.type) {
      case 'text':
      case 'refusal': {
        const rest = restOf(part.text, told);
        if (rest !== '') out.push({ type: 'text-delta', index, text: rest });
        const citations = part.type === 'text' ? (part.citations ?? []) : [];
        for (const citation of citations.slice(slot.citations)) {
          out.push({ type: 'citation', index, citation });
        }
        out.push({ type: 'part-end', index, opaque: part.opaque });
        break;
      }
      case 'reasoning': {
        const rest = restOf(part.text, told);
        if (rest !== '') out.push({ type: 'reasoning-delta', index, text: rest });
        out.push({ type: 'part-end', index, opaque: part.opaque });
        break;
      }
      case 'tool-call': {
        const rest = restOf(part.arguments, told);
        if (rest !== '') out.push({ type: 'tool-call-delta', index, arguments: rest });
        out.push({ type: 'part-end', index, opaque: part.opaque });
        break;
      }
      default: {
        const value = part.type === 'provider' ? part.value : undefined;
        out.push({ type: 'part-end', index, value });
      }
    }
  }

  #closeFrom(first: number, out: ChatEvent[]): void {
    for (const [at, slot] of this.#slots) {
      if (at < first || slot.ended) continue;
      slot.ended = true;
      out.push({ type: 'part-end', index: slot.index });
    }
  }
}

/** What no delta carried of a text. A text that its deltas do not begin is another one: what was told stands. */
function restOf(whole: string, told: string): string {
  return whole.startsWith(told) ? whole.slice(told.length) : '';
}

/** A part as it opens, before what the deltas bring. */
function emptied(part: AssistantPart): AssistantPart {
  switch (part.type) {
    case 'text':
      return { ...part, text: '', citations: undefined };
    case 'refusal':
      return { ...part, text: '' };
    case 'reasoning':
      return { type: 'reasoning', text: '' };
    case 'tool-call':
      return { ...part, arguments: '' };
    default:
      return part;
  }
}
