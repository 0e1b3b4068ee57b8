import type { Citation, JsonObject, JsonValue } from '@inferway/core';
import { asText } from '../lenient.js';
import { writeLogprobs } from '../openai/logprobs.js';
import { writeCitation } from './citations.js';
import { ownValue } from './dialect.js';
import type { Items, ItemWriter, PartEvent } from './item-writer.js';
import { writeSaid, type Said } from './write-items.js';

/** A text or refusal that has begun. */
interface Content {
  readonly at: number;
  readonly type: Said['type'];
  readonly head: string;
  text: string;
  readonly citations: Citation[];
  readonly logprobs: JsonValue[];
  ended: boolean;
}

/** A message whose contents come one after the other, or side by side. It ends once no further content can belong to it. */
export class MessageWriter implements ItemWriter {
  readonly #items: Items;
  readonly #index: number;
  readonly #id: string;
  readonly #own: JsonObject;
  readonly #contents: Map<number, Content> = new Map();
  #begun = false;
  #last = false;
  #done = false;

  constructor(items: Items, { opaque }: Said) {
    this.#items = items;
    this.#index = items.next();
    this.#own = ownValue(opaque) ?? {};
    this.#id = items.style.id('msg', asText(this.#own['id'])) ?? '';
  }

  write(event: PartEvent): string {
    const content = this.#contents.get(event.index);
    switch (event.type) {
      case 'part-start':
        return this.#start(event.index, event.part as Said);
      case 'text-delta': {
        if (content === undefined) return '';
        return this.#grow(content, event.text, event.logprobs);
      }
      case 'citation':
        return content === undefined ? '' : this.#cite(content, event.citation);
      case 'part-end':
        return content === undefined ? '' : this.#end(content);
      default:
        return '';
    }
  }

  /** Nothing more will begin in this message. */
  last(): string {
    this.#last = true;
    return this.#finishWhen([...this.#contents.values()].every(({ ended }) => ended));
  }

  finish(): string {
    let text = '';
    for (const content of this.#contents.values()) text += this.#end(content);
    return text + this.last();
  }

  #start(part: number, said: Said): string {
    const { events } = this.#items;
    const at = this.#contents.size;
    const refusal = said.type === 'refusal';
    const content: Content = {
      at,
      type: said.type,
      head: events.head(refusal ? 'response.refusal.delta' : 'response.output_text.delta', {
        ...this.#place(at),
      }),
      text: '',
      citations: [],
      logprobs: [],
      ended: false,
    };
    this.#contents.set(part, content);
    const added = this.#begun
      ? ''
      : events.write('response.output_item.added', {
          output_index: this.#index,
          item: this.#item('in_progress', []),
        });
    this.#begun = true;
    let text =
      added +
      events.write('response.content_part.added', {
        ...this.#place(at),
        part: this.#content(content),
      }) +
      this.#grow(content, said.text, undefined);
    const citations = said.type === 'text' ? (said.citations ?? []) : [];
    for (const citation of citations) text += this.#cite(content, citation);
    return text;
  }

  #grow(
    content: Content,
    text: string,
    logprobs: Parameters<typeof writeLogprobs>[0] | undefined,
  ): string {
    if (text === '' && logprobs === undefined) return '';
    content.text += text;
    const { events } = this.#items;
    if (content.type === 'refusal') return events.delta(content.head, text, '');
    if (logprobs === undefined) return events.delta(content.head, text, ',"logprobs":[]');
    const written = writeLogprobs(logprobs)['content'] as JsonValue[];
    content.logprobs.push(...written);
    return events.delta(content.head, text, `,"logprobs":${JSON.stringify(written)}`);
  }

  #cite(content: Content, citation: Citation): string {
    const annotation = writeCitation(citation);
    if (annotation === undefined) return '';
    content.citations.push(citation);
    return this.#items.events.write('response.output_text.annotation.added', {
      ...this.#place(content.at),
      annotation_index: content.citations.length - 1,
      annotation,
    });
  }

  #end(content: Content): string {
    if (content.ended) return '';
    content.ended = true;
    const { events } = this.#items;
    const place = this.#place(content.at);
    const { text, logprobs } = content;
    const told =
      content.type === 'refusal'
        ? events.write('response.refusal.done', { ...place, refusal: text })
        : events.write('response.output_text.done', { ...place, text, logprobs });
    return (
      told +
      events.write('response.content_part.done', { ...place, part: this.#content(content) }) +
      (this.#last ? this.last() : '')
    );
  }

  #finishWhen(whole: boolean): string {
    if (!whole || this.#done) return '';
    this.#done = true;
    const contents = [...this.#contents.values()].map((content) => this.#content(content));
    return this.#items.done(this.#index, this.#item('completed', contents));
  }

  #content({ type, text, citations, logprobs }: Content): JsonObject {
    const written = writeSaid(type === 'text' ? { type, text, citations } : { type, text });
    return type === 'text' ? { ...written, logprobs } : written;
  }

  #item(status: string, content: readonly JsonObject[]): JsonObject {
    return { ...this.#own, id: this.#id, type: 'message', role: 'assistant', status, content };
  }

  #place(at: number): JsonObject {
    return { item_id: this.#id, output_index: this.#index, content_index: at };
  }
}
