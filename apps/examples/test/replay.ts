import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  createClient,
  InferwayError,
  type ChatEvent,
  type ChatResult,
  type Message,
  type ProviderOf,
  type Usage,
} from '@inferway/core';

/** What a server on loopback answers next, in these pieces. */
export interface Served {
  readonly type: string;
  readonly pieces: readonly (string | Uint8Array)[];
  /** The connection is closed after the last piece, in the middle of its body. */
  readonly cut?: boolean | undefined;
}

/** How a call ended. Anything else than an answer or an `InferwayError` fails the test. */
export interface Outcome {
  readonly events: readonly ChatEvent[];
  readonly answer?: (ChatResult & { readonly usage?: Usage | undefined }) | undefined;
  readonly error?: InferwayError | undefined;
}

/** A server that answers every request by what it was told, over a real socket. */
export class Replay {
  next: Served = { type: 'application/json', pieces: ['{}'] };
  readonly #server: Server = createServer((request, response) => {
    request.resume();
    const { type, pieces, cut } = this.next;
    response.writeHead(200, { 'content-type': type, 'x-request-id': 'recorded' });
    for (const piece of pieces) response.write(piece);
    if (cut === true) response.write('', () => response.destroy());
    else response.end();
  });

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

const hello: Message = { role: 'user', content: 'Hello.' };

/** One call, read to its end. */
export async function outcomeOf(
  provider: ProviderOf<string, 'chat'>,
  stream: boolean,
  messages: readonly Message[] = [hello],
): Promise<Outcome> {
  const client = createClient({ providers: [provider] });
  const model = `${provider.name}/recorded` as const;
  const input = { model, messages, maxOutputTokens: 100 };
  const events: ChatEvent[] = [];
  try {
    if (!stream) return { events, answer: await client.chat(input) };
    const reading = await client.chat.stream(input);
    for await (const event of reading) events.push(event);
    return { events, answer: await reading.result };
  } catch (reason) {
    if (!InferwayError.is(reason)) throw reason;
    return { events, error: reason };
  } finally {
    await client.close();
  }
}
