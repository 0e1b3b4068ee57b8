import type { Call } from '../call.js';
import { estimateInput, roughInput, tokensOf } from '../token-estimate.js';
import type { ChatRequest } from '../operations/chat-request.js';
import type { EmbedRequest } from '../operations/embed.js';
import type { Message } from '../operations/messages.js';
import type { Usage, UsageUnits } from '../usage.js';

/** What a call asks of the target that serves it. Figures are made when they are first looked at. */
export class Needs {
  readonly operation: string;
  readonly stream: boolean;
  /** Calls of functions. */
  readonly tools: boolean;
  /** An answer that fits a schema. */
  readonly structuredOutput: boolean;
  /** Of the input beside text: `image`, `audio`, `file`. */
  readonly modalities: readonly string[];
  /** As the request bounds it. */
  readonly maxOutputTokens: number | undefined;
  readonly #call: Call;
  readonly #typicalOutput: number;
  #inputTokens: number | undefined;
  #roughTokens: number | undefined;

  constructor(call: Call, typicalOutput: number) {
    this.#call = call;
    this.#typicalOutput = typicalOutput;
    this.operation = call.operation;
    this.stream = call.stream;
    const request = (call.request ?? {}) as Partial<ChatRequest>;
    const chat = call.operation === 'chat';
    this.tools = chat && (request.tools?.length ?? 0) > 0;
    this.structuredOutput = chat && request.output?.type === 'json-schema';
    this.modalities = chat ? modalitiesOf(request.messages) : [];
    this.maxOutputTokens = request.maxOutputTokens;
  }

  /** All of the input, estimated. */
  get inputTokens(): number {
    return (this.#inputTokens ??= estimateInput(this.#call));
  }

  /** What is expected to come out: the bound that the request sets, else a typical answer; 0 where no text does. */
  get outputTokens(): number {
    const { operation } = this;
    if (operation !== 'chat' && operation !== 'complete') return 0;
    const { choices } = this.#call.request as Partial<ChatRequest>;
    return (this.maxOutputTokens ?? this.#typicalOutput) * (choices ?? 1);
  }

  /** How many tokens must fit into a context window of so many, where they do not; undefined where they do, or the operation has none. */
  windowTokensAbove(window: number): number | undefined {
    switch (this.operation) {
      case 'chat':
      case 'complete': {
        const output = this.maxOutputTokens ?? 0;
        this.#roughTokens ??= roughInput(this.#call);
        if (this.#roughTokens + output <= window) return undefined;
        return above(window, this.inputTokens + output);
      }
      case 'embed':
        return above(window, longestInput((this.#call.request as EmbedRequest).input));
      default:
        return undefined;
    }
  }

  /** What the call is expected to use, for prices. */
  get usage(): Usage {
    return {
      inputTokens: this.inputTokens,
      outputTokens: this.outputTokens,
      units: unitsOf(this.#call),
      estimated: true,
    };
  }
}

function above(window: number, tokens: number): number | undefined {
  return tokens > window ? tokens : undefined;
}

// Plain JavaScript can make requests of any shape; what is wrong with one, its provider says.
function modalitiesOf(messages: readonly Message[] | undefined): readonly string[] {
  if (!Array.isArray(messages)) return [];
  let found: string[] | undefined;
  for (const message of messages as readonly (Message | undefined)[]) {
    const content = message?.content;
    if (!Array.isArray(content)) continue;
    for (const part of content as readonly ({ readonly type: string } | undefined)[]) {
      const type = part?.type;
      if (type !== 'image' && type !== 'audio' && type !== 'file') continue;
      if (found?.includes(type) !== true) (found ??= []).push(type);
    }
  }
  return found ?? [];
}

// Each text has the window for itself.
function longestInput(input: EmbedRequest['input']): number {
  if (typeof input === 'string') return tokensOf(input.length);
  if (!Array.isArray(input)) return 0;
  let longest = 0;
  for (const one of input as readonly (string | readonly number[] | undefined)[]) {
    const length = one?.length ?? 0;
    longest = Math.max(longest, typeof one === 'string' ? tokensOf(length) : length);
  }
  return longest;
}

function unitsOf(call: Call): UsageUnits | undefined {
  switch (call.operation) {
    case 'image':
      return { images: call.request?.count ?? 1 };
    case 'speech':
      return { inputCharacters: call.request?.text?.length };
    case 'rerank':
      return { searches: 1 };
    default:
      return undefined;
  }
}
