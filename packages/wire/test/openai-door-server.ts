import {
  InferwayError,
  unfoldChat,
  type ChatRequest,
  type ChatResult,
  type Usage,
} from '@inferway/core';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  openaiResponses,
  type Format,
  type StreamingFormat,
} from '../src/index.js';

/** What the server answers a chat with; `failAfter` events of a stream it breaks off. */
export interface Planned {
  readonly result: ChatResult;
  readonly usage?: Usage;
  readonly failAfter?: number;
}

/** A server of our doors alone on loopback, for unmodified clients. */
export class DoorServer {
  planned: Planned | undefined;
  seen: ChatRequest | undefined;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((incoming, outgoing) => {
      void this.#serve(incoming, outgoing);
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const as = { id: 'chatcmpl-ours', model: 'shown', created: 1_700_000_000 };
    const json = (status: number, body: unknown): void => {
      outgoing.writeHead(status, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(body));
    };
    const body: unknown = JSON.parse(await text(incoming));
    const format: Format<never> = (incoming.url?.endsWith('/embeddings') === true
      ? openaiEmbeddings
      : incoming.url?.endsWith('/chat/completions') === true
        ? openaiChat
        : incoming.url?.endsWith('/responses') === true
          ? openaiResponses
          : openaiCompletions) as unknown as Format<never>;
    try {
      if (format.operation === ('embed' as never)) {
        const decoded = openaiEmbeddings.decodeRequest(body);
        const { input } = decoded.request;
        const embeddings =
          typeof input === 'string' ? [[0.5, -1]] : input.map((_, at) => [at, 0.25]);
        const answer = { result: { embeddings }, usage: { inputTokens: 4 } };
        json(200, openaiEmbeddings.encodeResponse(answer, { ...as, ...decoded.as }));
        return;
      }
      if (format.operation === ('complete' as never)) {
        const decoded = openaiCompletions.decodeRequest(body);
        const result = {
          text: `${decoded.request.prompt}!`,
          finishReason: { unified: 'stop' },
        } as const;
        json(
          200,
          openaiCompletions.encodeResponse(
            { result, usage: { inputTokens: 1, outputTokens: 1 } },
            as,
          ),
        );
        return;
      }
      this.#chat(format as unknown as StreamingFormat<'chat'>, body, as, json, outgoing);
    } catch (reason) {
      const error = InferwayError.from(reason);
      json(error.httpStatus, format.encodeError(error, 'req_1'));
    }
  }

  #chat(
    format: StreamingFormat<'chat'>,
    body: unknown,
    as: { id: string; model: string; created: number },
    json: (status: number, body: unknown) => void,
    outgoing: ServerResponse,
  ): void {
    const decoded = format.decodeRequest(body);
    this.seen = decoded.request;
    const { planned } = this;
    if (planned === undefined) throw new Error('Nothing is planned.');
    if (!decoded.stream) {
      json(200, format.encodeResponse(planned, { ...as, ...decoded.as }));
      return;
    }
    const encoder = format.streamEncoder({ ...as, ...decoded.as });
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
    const events = unfoldChat(planned.result, planned.usage);
    for (const event of events.slice(0, planned.failAfter)) outgoing.write(encoder.encode([event]));
    if (planned.failAfter !== undefined) {
      const error = new InferwayError('overloaded', { message: 'No capacity.' });
      outgoing.write(encoder.fail(error, 'req_1'));
    }
    outgoing.end();
  }
}
