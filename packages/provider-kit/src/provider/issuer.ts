import type {
  AssistantPart,
  ChatRequest,
  ChatResult,
  Message,
  Opaque,
  Usage,
} from '@inferway/core';
import type { ByteDecoder } from '@inferway/wire';

/*
 * Signatures and encrypted reasoning can be read by who made them alone, and are refused by others that speak the same format. So each is
 * marked with the provider that gave it, and leaves a request that goes to another one.
 */

/** The request as `provider` can take it: what others signed or encrypted is taken off, and the parts stay. */
export function withoutForeign(request: unknown, provider: string): unknown {
  const { messages } = request as Partial<ChatRequest>;
  if (messages === undefined) return request;
  let changed: Message[] | undefined;
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index] as Message;
    if (message.role !== 'assistant' || typeof message.content === 'string') continue;
    if (!message.content.some((part) => isForeign(part, provider))) continue;
    const content = message.content.map((part) => {
      if (!isForeign(part, provider)) return part;
      const { opaque: _foreign, ...rest } = part;
      return rest as AssistantPart;
    });
    (changed ??= [...messages])[index] = { ...message, content };
  }
  return changed === undefined ? request : { ...(request as ChatRequest), messages: changed };
}

function isForeign(part: AssistantPart, provider: string): boolean {
  const issuer = part.opaque?.issuer;
  return issuer !== undefined && issuer !== provider;
}

/** Marks what a result holds, which was made just now and is nobody's yet. */
export function stampResult(result: unknown, format: string, issuer: string): void {
  const { message, alternatives } = result as Partial<ChatResult>;
  if (message === undefined) return;
  for (const { content } of [message, ...(alternatives ?? []).map((choice) => choice.message)]) {
    if (typeof content === 'string') continue;
    for (const { opaque } of content) stamp(opaque, format, issuer);
  }
}

/** The same events, marked. */
export function stamping<E>(
  decoder: ByteDecoder<E>,
  format: string,
  issuer: string,
): ByteDecoder<E> {
  return new Stamping(decoder, format, issuer);
}

class Stamping<E> implements ByteDecoder<E> {
  readonly #decoder: ByteDecoder<E>;
  readonly #format: string;
  readonly #issuer: string;

  constructor(decoder: ByteDecoder<E>, format: string, issuer: string) {
    this.#decoder = decoder;
    this.#format = format;
    this.#issuer = issuer;
  }

  get done(): boolean {
    return this.#decoder.done;
  }

  get usage(): Usage | undefined {
    return this.#decoder.usage;
  }

  bytes(chunk: Uint8Array, out: E[]): void {
    const from = out.length;
    try {
      this.#decoder.bytes(chunk, out);
    } finally {
      this.#stamp(out, from);
    }
  }

  end(out: E[]): void {
    const from = out.length;
    this.#decoder.end(out);
    this.#stamp(out, from);
  }

  #stamp(out: readonly E[], from: number): void {
    for (let index = from; index < out.length; index++) {
      const event = out[index] as MaybeOpaque;
      if (event.type === 'part-start') stamp(event.part?.opaque, this.#format, this.#issuer);
      else if (event.type === 'part-end') stamp(event.opaque, this.#format, this.#issuer);
    }
  }
}

interface MaybeOpaque {
  readonly type?: string;
  readonly part?: { readonly opaque?: Opaque | undefined };
  readonly opaque?: Opaque | undefined;
}

// One of another format came through a gateway, which carried it for its own maker.
function stamp(opaque: Opaque | undefined, format: string, issuer: string): void {
  if (opaque?.format === format) (opaque as { issuer?: string }).issuer ??= issuer;
}
