import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InferwayError, type ChatResult, type Provider } from '@inferway/core';
import type { LimitRule } from '@inferway/core/limits';

export const SHARED_RULES: readonly LimitRule[] = [
  { name: 'places', concurrency: 8 },
  { name: 'rate', windowMs: 120_000, requests: 40 },
];

const ANSWER: ChatResult = {
  message: { role: 'assistant', content: [{ type: 'text', text: 'x' }] },
  finishReason: { unified: 'stop' },
};

/** Asks a real server for each answer. */
export function httpProvider(url: string): Provider & { readonly name: 'http' } {
  return {
    name: 'http',
    async chat(call) {
      try {
        await (await fetch(url, { signal: call.signal })).text();
      } catch (cause) {
        throw call.signal.aborted
          ? call.signal.reason
          : new InferwayError('connection', { message: 'The test server is gone.', cause });
      }
      const usage = { inputTokens: 1, outputTokens: 1 };
      return {
        stream: false,
        result: ANSWER,
        usage,
        meta: { provider: 'http', model: 'm' },
      } as never;
    },
  };
}

/** A server that knows how many it serves at a time, and can hold its answers. */
export class CountingServer {
  url = '';
  asked = 0;
  running = 0;
  most = 0;
  answerMs = 20;
  holds = false;
  readonly #held: ServerResponse[] = [];
  readonly #server = createServer((request, response) => {
    this.asked++;
    this.most = Math.max(this.most, ++this.running);
    response.once('close', () => this.running--);
    if (this.holds) this.#held.push(response);
    else setTimeout(() => response.end('x'), this.answerMs);
    request.resume();
  });

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  release(): void {
    this.holds = false;
    for (const response of this.#held.splice(0)) response.end('x');
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
