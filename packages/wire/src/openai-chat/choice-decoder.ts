import {
  isJsonObject,
  type AssistantPart,
  type ChatEvent,
  type Citation,
  type FinishReason,
  type JsonObject,
  type JsonValue,
  type TokenLogprob,
} from '@inferway/core';
import type { DecodeSource } from '../format.js';
import { asList, asObject, asObjects, asText } from '../lenient.js';
import { finishWord, readFinishReason } from '../openai/finish-reason.js';
import { AudioDeltas } from './audio-deltas.js';
import { readCitations } from './citations.js';
import { thinkingText } from './decode-answer.js';
import type { OpenAIChatDialect } from './dialect.js';
import { imageOf } from './image-url.js';
import { readLogprobs } from '../openai/logprobs.js';
import { ReasoningDeltas } from './reasoning-deltas.js';
import { ThinkTags } from './think-tags.js';
import { ToolCallDeltas } from './tool-call-deltas.js';

type Growing = 'text' | 'reasoning' | 'refusal';

/** One answer of a stream: turns the deltas of a choice into parts that open, grow and close. */
export class ChoiceDecoder {
  readonly #choice: number | undefined;
  readonly #answerId: string | undefined;
  readonly #from: DecodeSource<OpenAIChatDialect>;
  /** What the answer as a whole cites (Perplexity). */
  readonly #citedUrls: () => readonly JsonValue[];
  readonly #think: ThinkTags | undefined;
  #open: Growing | undefined;
  /** Of the open part. */
  #index = 0;
  #next = 0;
  #lastText: number | undefined;
  #cited = false;
  #tools: ToolCallDeltas | undefined;
  #reasoning: ReasoningDeltas | undefined;
  /** Reasoning text comes in a field of its own, so that of the entries is a repetition. */
  #told = false;
  #audio: AudioDeltas | undefined;
  #heldLogprobs: TokenLogprob[] | undefined;
  #word: string | undefined;
  #native: JsonValue | undefined;

  constructor(
    number: number,
    answerId: string | undefined,
    from: DecodeSource<OpenAIChatDialect>,
    citedUrls: () => readonly JsonValue[],
  ) {
    this.#citedUrls = citedUrls;
    this.#choice = number === 0 ? undefined : number;
    this.#answerId = answerId;
    this.#from = from;
    const tags = from.dialect?.thinkTags;
    this.#think = tags === undefined ? undefined : new ThinkTags(tags);
  }

  /** As far as the provider gave one. */
  get finishReason(): FinishReason | undefined {
    if (this.#word !== undefined) {
      return readFinishReason(this.#word, this.#native, this.#tools?.some === true);
    }
    // Generated audio ends with its expiry and may have no finish reason of its own.
    return this.#audio?.ended === true ? { unified: 'stop' } : undefined;
  }

  /** Nothing has come: no part and no finish reason. */
  get isEmpty(): boolean {
    return (
      this.#next === 0 &&
      this.#tools === undefined &&
      this.#audio === undefined &&
      this.#word === undefined
    );
  }

  take(choice: JsonObject, out: ChatEvent[]): void {
    // Some servers send the whole message in one event.
    const delta = choice['delta'] ?? choice['message'];
    const logprobs = choice['logprobs'];
    if (isJsonObject(logprobs)) this.#holdLogprobs(readLogprobs(logprobs));
    if (isJsonObject(delta)) this.#delta(delta, out);
    else if (typeof choice['text'] === 'string') this.#text(choice['text'], out);
    const word = finishWord(choice['finish_reason']);
    if (word === undefined) return;
    this.#word = word;
    this.#native = choice['native_finish_reason'];
    this.#closeAll(out);
  }

  /** Text or reasoning has grown by `piece`, and nothing else has happened. */
  grow(kind: 'text' | 'reasoning', piece: string, out: ChatEvent[]): void {
    if (kind === 'text') this.#text(piece, out);
    else if (piece !== '') {
      this.#told = true;
      this.#grow(kind, piece, out);
    }
  }

  /** The stream has ended well: closes what is open and tells the finish reason. */
  end(out: ChatEvent[]): void {
    this.#closeAll(out);
    let { finishReason } = this;
    if (finishReason === undefined) {
      finishReason = { unified: 'unknown' };
      this.#from.warn({
        type: 'other',
        message: 'The stream ended properly but gave no finish reason.',
      });
    }
    out.push({ type: 'finish', finishReason, choice: this.#choice });
  }

  #delta(delta: JsonObject, out: ChatEvent[]): void {
    const reasoning = asText(delta['reasoning_content']) ?? asText(delta['reasoning']);
    if (reasoning !== undefined) {
      this.#told = true;
      this.#grow('reasoning', reasoning, out);
    }
    if (delta['reasoning_details'] !== undefined) {
      this.#details(delta['reasoning_details'], out);
    }
    const { content } = delta;
    if (typeof content === 'string') {
      this.#text(content, out);
    } else if (content !== null && content !== undefined) {
      this.#pieces(content, out);
    }
    const refusal = asText(delta['refusal']);
    if (refusal !== undefined) this.#grow('refusal', refusal, out);
    if (Array.isArray(delta['tool_calls'])) this.#calls(delta['tool_calls'], out);
    else if (isJsonObject(delta['function_call'])) {
      this.#calls([{ index: 0, function: delta['function_call'] }], out);
    }
    if (delta['annotations'] !== undefined) this.#cite(readCitations(delta['annotations']), out);
    if (delta['images'] !== undefined) {
      for (const image of asObjects(delta['images'])) this.#whole(imageOf(image), out);
    }
    if (isJsonObject(delta['audio'])) {
      this.#closeOpen(out);
      (this.#audio ??= new AudioDeltas()).push(delta['audio']);
    }
  }

  #text(text: string, out: ChatEvent[]): void {
    if (text === '') return;
    if (this.#think === undefined) this.#grow('text', text, out);
    else {
      this.#think.push(text, (piece, thinking) => {
        this.#grow(thinking ? 'reasoning' : 'text', piece, out);
      });
    }
  }

  #grow(kind: Growing, text: string, out: ChatEvent[]): void {
    if (this.#open !== kind) this.#begin(kind, out);
    const choice = this.#choice;
    if (kind === 'reasoning') {
      out.push({ type: 'reasoning-delta', index: this.#index, text, choice });
      return;
    }
    const logprobs = this.#heldLogprobs;
    this.#heldLogprobs = undefined;
    out.push({ type: 'text-delta', index: this.#index, text, logprobs, choice });
  }

  #begin(kind: Growing, out: ChatEvent[]): void {
    this.#closeOpen(out);
    this.#flushAudio(out);
    this.#tools?.endWhole(out);
    this.#open = kind;
    this.#index = this.#next++;
    if (kind === 'text') this.#lastText = this.#index;
    const part: AssistantPart = { type: kind, text: '' };
    out.push({ type: 'part-start', index: this.#index, part, choice: this.#choice });
  }

  #closeOpen(out: ChatEvent[]): void {
    if (this.#open === undefined) return;
    const opaque = this.#open === 'reasoning' ? this.#reasoning?.take() : undefined;
    this.#open = undefined;
    out.push({ type: 'part-end', index: this.#index, opaque, choice: this.#choice });
  }

  #closeAll(out: ChatEvent[]): void {
    this.#think?.end((piece, thinking) => {
      this.#grow(thinking ? 'reasoning' : 'text', piece, out);
    });
    if (!this.#cited) this.#cite(readCitations(undefined, this.#citedUrls()), out);
    // Entries without any text still are a part.
    if (this.#open !== 'reasoning' && this.#reasoning?.pending === true)
      this.#begin('reasoning', out);
    this.#closeOpen(out);
    this.#tools?.end(this.#word, out);
    this.#flushAudio(out);
  }

  #flushAudio(out: ChatEvent[]): void {
    if (this.#audio !== undefined) this.#whole(this.#audio.take(), out);
  }

  #details(details: JsonValue, out: ChatEvent[]): void {
    const gathered = (this.#reasoning ??= new ReasoningDeltas());
    for (const entry of asObjects(details)) {
      const text = gathered.push(entry, this.#told, this.#open === 'reasoning');
      if (text !== '') this.#grow('reasoning', text, out);
      if (!gathered.closes) continue;
      if (this.#open !== 'reasoning') this.#begin('reasoning', out);
      this.#closeOpen(out);
    }
  }

  /** Mistral's lists of thinking and text. */
  #pieces(content: JsonValue, out: ChatEvent[]): void {
    for (const piece of asList(content)) {
      const part = asObject(piece);
      if (part?.['type'] === 'thinking') {
        const text = thinkingText(part['thinking']);
        if (text !== '') this.#grow('reasoning', text, out);
      } else if (part?.['type'] === 'image_url') {
        this.#whole(imageOf(part), out);
      } else {
        const text = asText(part?.['text']);
        if (text !== undefined) this.#grow('text', text, out);
      }
    }
  }

  #calls(calls: readonly unknown[], out: ChatEvent[]): void {
    if (calls.length === 0) return;
    this.#closeOpen(out);
    this.#flushAudio(out);
    this.#tools ??= new ToolCallDeltas({
      choice: this.#choice,
      answerId: this.#answerId,
      warn: this.#from.warn,
      nextIndex: () => this.#next++,
    });
    for (const call of calls) if (isJsonObject(call)) this.#tools.push(call, out);
  }

  #cite(citations: readonly Citation[], out: ChatEvent[]): void {
    const index = this.#lastText;
    if (index === undefined) return;
    for (const citation of citations) {
      this.#cited = true;
      out.push({ type: 'citation', index, citation, choice: this.#choice });
    }
  }

  #whole(part: AssistantPart | undefined, out: ChatEvent[]): void {
    if (part === undefined) return;
    this.#closeOpen(out);
    const index = this.#next++;
    out.push({ type: 'part-start', index, part, choice: this.#choice });
    out.push({ type: 'part-end', index, choice: this.#choice });
  }

  #holdLogprobs(logprobs: TokenLogprob[] | undefined): void {
    if (logprobs === undefined) return;
    if (this.#heldLogprobs === undefined) this.#heldLogprobs = logprobs;
    else this.#heldLogprobs.push(...logprobs);
  }
}
