import { InferwayError, type JsonObject, type JsonValue, type Message } from '@inferway/core';
import { assistantBlocks } from './encode-assistant.js';
import { toolResultBlock, userBlocks } from './encode-content.js';
import type { EncodeContext } from './encode-context.js';
import { ownFields } from './own-fields.js';

/** The conversation as the body has it. */
export interface Turns {
  readonly system: JsonValue | undefined;
  readonly messages: JsonObject[];
}

interface Turn {
  readonly role: string;
  /** A lone string stays one. */
  content: string | JsonObject[];
  readonly fields: JsonObject | undefined;
}

/**
 * Messages to turns. System messages that come first are the system prompt; later ones become turns where the model takes them, else they
 * join the system prompt. Neighbours of one role become one turn, since all results of one answer's tool calls belong into one.
 */
export function encodeTurns(
  messages: readonly Message[],
  context: EncodeContext,
  thinks: boolean,
): Turns {
  const writer = new TurnWriter(context, thinks);
  for (let i = 0; i < messages.length; i++) {
    context.enterMessage(i);
    writer.add(messages[i] as Message);
  }
  return writer.finish();
}

class TurnWriter {
  readonly #context: EncodeContext;
  /** Whether an answer that the assistant has begun may be continued: not with thinking on. */
  readonly #prefill: boolean;
  readonly #system: (string | JsonObject[])[] = [];
  readonly #turns: Turn[] = [];
  /** System turns must follow a user's turn and stand before the assistant's or at the end: they wait for that place. */
  #waiting: Turn[] = [];

  constructor(context: EncodeContext, thinks: boolean) {
    this.#context = context;
    this.#prefill = !thinks && context.rules.prefill !== false;
  }

  add(message: Message): void {
    switch (message.role) {
      case 'system':
      case 'developer':
        this.#addSystem(message);
        return;
      case 'user':
        this.#push('user', message, userBlocks(message.content, this.#context));
        return;
      case 'tool': {
        const blocks = message.content.map((part, index) => {
          this.#context.enterPart(index);
          return toolResultBlock(part, this.#context);
        });
        this.#push('user', undefined, blocks);
        return;
      }
      case 'assistant': {
        this.#placeSystem();
        const blocks = assistantBlocks(message.content, this.#context);
        this.#push('assistant', message, blocks);
      }
    }
  }

  finish(): Turns {
    this.#placeSystem();
    this.#endWithUser();
    if (this.#turns.length === 0) {
      throw new InferwayError('invalid_request', {
        message: '"messages" has no text, image or other content to answer: give a user message.',
        param: 'messages',
      });
    }
    return { system: this.#systemPrompt(), messages: this.#turns.map(encodeTurn) };
  }

  #addSystem(message: Extract<Message, { role: 'system' | 'developer' }>): void {
    const { content } = message;
    const blocks = userBlocks(content, this.#context);
    const written = typeof content === 'string' && blocks.length > 0 ? content : blocks;
    if (this.#turns.length === 0 && this.#waiting.length === 0) {
      if (blocks.length > 0) this.#system.push(written);
      return;
    }
    const fields = ownFields(message.opaque);
    if (this.#context.rules.systemTurns === true) {
      if (blocks.length > 0 || fields !== undefined)
        this.#waiting.push({ role: 'system', content: written, fields });
      return;
    }
    if (blocks.length > 0) this.#system.push(written);
    this.#context.warn(
      'changed',
      this.#context.messagePath,
      'The model takes no system messages between turns: they were moved to the system prompt.',
    );
  }

  #placeSystem(): void {
    if (this.#waiting.length === 0) return;
    const last = this.#turns.at(-1);
    // After an assistant's turn only one that ends with a server's tool result may be followed by a system turn; directives without text may be anywhere.
    const placed = last?.role === 'user' || endsWithServerResult(last);
    for (const turn of this.#waiting) {
      if (placed || turn.content.length === 0) this.#turns.push(turn);
      else {
        this.#system.push(turn.content);
        this.#context.warn(
          'changed',
          'messages',
          'System messages that do not follow a user’s turn were moved to the system prompt.',
        );
      }
    }
    this.#waiting = [];
  }

  #push(
    role: 'user' | 'assistant',
    message: Exclude<Message, { role: 'tool' }> | undefined,
    blocks: JsonObject[],
  ): void {
    if (blocks.length === 0) return;
    const fields = ownFields(message?.opaque);
    const content = typeof message?.content === 'string' ? message.content : blocks;
    const last = this.#turns.at(-1);
    if (last?.role === role && last.fields === undefined && fields === undefined) {
      if (typeof last.content === 'string') last.content = [{ type: 'text', text: last.content }];
      last.content.push(...blocks);
    } else {
      this.#turns.push({ role, content, fields });
    }
  }

  /** An answer begun by the assistant is to be continued (prefill), which newer models refuse. A turn that a server paused is sent back as it is. */
  #endWithUser(): void {
    const last = this.#turns.at(-1);
    if (last?.role !== 'assistant') return;
    const onlyText =
      typeof last.content === 'string' || last.content.every((block) => block.type === 'text');
    if (!onlyText) return;
    if (!this.#prefill) {
      this.#turns.pop();
      this.#context.warn(
        'unsupported',
        'messages',
        'The model, or thinking, takes no last message of the assistant: it was left out. Ask for the form of the answer in the user’s message instead.',
      );
      return;
    }
    trimEnd(last);
  }

  #systemPrompt(): JsonValue | undefined {
    const [first, ...more] = this.#system;
    if (first === undefined || more.length === 0) return first;
    return this.#system.flatMap((content) =>
      typeof content === 'string' ? [{ type: 'text', text: content }] : content,
    );
  }
}

function encodeTurn({ role, content, fields }: Turn): JsonObject {
  return fields === undefined ? { role, content } : { ...fields, role, content };
}

function endsWithServerResult(turn: Turn | undefined): boolean {
  if (turn?.role !== 'assistant' || typeof turn.content === 'string') return false;
  const type = turn.content.at(-1)?.type;
  return typeof type === 'string' && type.endsWith('_tool_result');
}

// "final assistant content cannot end with trailing whitespace" is a 400.
function trimEnd(turn: Turn): void {
  if (typeof turn.content === 'string') {
    turn.content = turn.content.trimEnd();
    return;
  }
  const last = turn.content.at(-1);
  if (last !== undefined && typeof last.text === 'string')
    turn.content[turn.content.length - 1] = { ...last, text: last.text.trimEnd() };
}
