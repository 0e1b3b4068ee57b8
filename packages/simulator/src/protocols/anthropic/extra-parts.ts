import {
  foldChat,
  isJsonObject,
  type AssistantPart,
  type ChatEvent,
  type ChatRequest,
  type JsonObject,
  type Usage,
} from '@inferway/core';
import { anthropicMessages } from '@inferway/wire';
import type { Generation, Step } from '../../answer/generation.js';
import { promptText } from '../../text/prompt-text.js';
import { countTokens } from '../../text/tokenizer.js';
import { citationsOf } from './citable.js';
import { redactBlock, signBlock } from './thinking-blocks.js';

const format = anthropicMessages.name;

/** A prompt that holds this gets a `redacted_thinking` block with its thinking, as from the API itself (platform.claude.com, "Extended thinking"). */
export const REDACTED_TRIGGER =
  'ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_46C9A13E193C177646C7398A98432ECCCE4C1253D5E2D82641AC0E52CC2876CB';

const UPDATE = 'Simulated progress: one call is made, the next one follows.';

/** What Anthropic's models add to an answer: signatures, redacted thinking, thinking between calls, searches of the server, citations. */
export function withExtras(
  answer: Generation<'chat'>,
  request: ChatRequest,
  seed: number,
): Generation<'chat'> {
  const plan = planOf(answer, request);
  const steps = (size: number, usage: Usage): readonly Step<ChatEvent>[] =>
    new Writer(plan, seed).write(answer.steps(size, usage));
  const added = steps(Infinity, {}).reduce((sum, step) => sum + step.tokens, 0);
  const thought = added - answer.outputTokens;
  return {
    outputTokens: added,
    reasoningTokens: answer.reasoningTokens + (plan.thinks ? thought : 0),
    steps,
    result() {
      const fold = foldChat();
      for (const step of steps(Infinity, {})) for (const event of step.events) fold.add(event);
      return fold.result();
    },
  };
}

interface Plan {
  readonly thinks: boolean;
  /** Thinking stands between the calls. */
  readonly between: boolean;
  readonly redacted: boolean;
  /** The text of thinking is not shown. */
  readonly omitted: boolean;
  /** Thinking blocks in all. */
  readonly blocks: number;
  readonly search: string | undefined;
  readonly citations: readonly JsonObject[];
}

function planOf(answer: Generation<'chat'>, request: ChatRequest): Plan {
  const { content } = answer.result().message;
  const thinks = content.some((part) => part.type === 'reasoning');
  const own = request.passthrough?.fields['thinking'];
  const said = isJsonObject(own) ? own : {};
  const { question } = promptText(request);
  const redacted = thinks && question.includes(REDACTED_TRIGGER);
  const between = thinks || said['type'] === 'between_tools';
  const calls = content.filter((part) => part.type === 'tool-call').length;
  const searches = request.tools?.some(
    (tool) => tool.type === 'provider' && String(tool.value['type']).startsWith('web_search_'),
  );
  return {
    thinks,
    between,
    redacted,
    omitted: said['display'] === 'omitted',
    blocks: (thinks ? 1 : 0) + (redacted ? 1 : 0) + (between ? Math.max(0, calls - 1) : 0),
    search: searches === true && /\bsearch\b/iu.test(question) ? question.slice(0, 60) : undefined,
    citations: citationsOf(request),
  };
}

/** Puts the additions into the steps of an answer; parts get new numbers. */
class Writer {
  readonly #plan: Plan;
  readonly #seed: number;
  readonly #out: Step<ChatEvent>[] = [];
  #shift = 0;
  #thinking = 0;
  #thought = '';
  #reasons = false;
  #calls = 0;
  #cited: readonly JsonObject[];
  #text = false;

  constructor(plan: Plan, seed: number) {
    this.#plan = plan;
    this.#seed = seed;
    this.#cited = plan.citations;
  }

  write(steps: readonly Step<ChatEvent>[]): readonly Step<ChatEvent>[] {
    for (const step of steps) {
      const events: ChatEvent[] = [];
      for (const event of step.events) this.#event(event, events);
      this.#out.push({ ...step, events });
    }
    return this.#out;
  }

  #event(event: ChatEvent, events: ChatEvent[]): void {
    switch (event.type) {
      case 'part-start':
        this.#reasons = event.part.type === 'reasoning';
        this.#text = event.part.type === 'text';
        if (event.part.type === 'tool-call' && this.#calls++ > 0 && this.#plan.between)
          this.#add(
            event.index,
            { type: 'reasoning', text: this.#plan.omitted ? '' : UPDATE },
            UPDATE,
          );
        if (this.#text && this.#plan.search !== undefined) this.#search(event.index);
        break;
      case 'reasoning-delta':
        this.#thought += event.text;
        if (this.#plan.omitted) {
          events.push({ ...event, index: event.index + this.#shift, text: '' });
          return;
        }
        break;
      case 'part-end':
        this.#end(event, events);
        return;
    }
    events.push('index' in event ? { ...event, index: event.index + this.#shift } : event);
  }

  #end(event: Extract<ChatEvent, { type: 'part-end' }>, events: ChatEvent[]): void {
    const index = event.index + this.#shift;
    if (this.#text) {
      for (const value of this.#cited)
        events.push({ type: 'citation', index, citation: { opaque: { format, value } } });
      this.#cited = [];
    }
    if (!this.#reasons) {
      events.push({ ...event, index });
      return;
    }
    const signature = signBlock(this.#thought, this.#place(), this.#seed);
    events.push({ ...event, index, opaque: { format, value: { signature } } });
    if (!this.#plan.redacted) return;
    const opaque = { format, value: { data: redactBlock(this.#place(), this.#seed) } };
    const next = index + 1;
    events.push({ type: 'part-start', index: next, part: { type: 'reasoning', text: '', opaque } });
    events.push({ type: 'part-end', index: next });
    this.#shift++;
  }

  /** A part of its own before the one with this number. */
  #add(before: number, part: AssistantPart, thought?: string): void {
    const index = before + this.#shift++;
    const opaque =
      thought === undefined
        ? undefined
        : { format, value: { signature: signBlock(thought, this.#place(), this.#seed) } };
    this.#out.push({
      kind: 'thought',
      events: [
        { type: 'part-start', index, part },
        { type: 'part-end', index, ...(opaque === undefined ? {} : { opaque }) },
      ],
      tokens: countTokens(thought ?? ''),
    });
  }

  /** A search that the server made, and what it found; the text cites it. */
  #search(before: number): void {
    const url = 'https://example.test/simulated';
    const id = 'srvtoolu_sim1';
    const query = this.#plan.search ?? '';
    const found = { type: 'web_search_result', url, title: 'Simulated page', page_age: null };
    const value = (block: JsonObject): AssistantPart => ({
      type: 'provider',
      format,
      kind: String(block['type']),
      value: block,
    });
    this.#add(before, value({ type: 'server_tool_use', id, name: 'web_search', input: { query } }));
    this.#add(
      before,
      value({
        type: 'web_search_tool_result',
        tool_use_id: id,
        content: [{ ...found, encrypted_content: 'c2ltdWxhdGVk' }],
        caller: { type: 'direct' },
      }),
    );
    this.#cited = [
      ...this.#cited,
      {
        type: 'web_search_result_location',
        cited_text: 'Simulated words of a page.',
        url,
        title: 'Simulated page',
        encrypted_index: 'c2lt',
      },
    ];
  }

  #place(): { readonly number: number; readonly of: number } {
    return { number: ++this.#thinking, of: this.#plan.blocks };
  }
}
