import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the server saw it. */
export interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  /** Of JSON its value, of a form its text. */
  readonly body: unknown;
}

export interface Loopback {
  readonly baseUrl: string;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** How a server answers one request. */
export type Answer = (seen: Seen, response: ServerResponse) => void;

/** A real HTTP server on loopback that answers each request by `answer`. */
export async function loopback(answer: Answer): Promise<Loopback> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += String(piece);
    const one = {
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: bodyOf(text, request.headers['content-type']),
    };
    seen.push(one);
    answer(one, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function bodyOf(text: string, contentType: string | undefined): unknown {
  if (text === '') return undefined;
  return contentType?.startsWith('multipart/') === true ? text : JSON.parse(text);
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
