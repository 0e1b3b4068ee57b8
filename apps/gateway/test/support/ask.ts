import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { KEY } from './start-gateway.js';

export interface Asked {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: NodeJS.Dict<string>;
  readonly text: string;
  /** False: the connection ended before the body did. */
  readonly complete: boolean;
}

export interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer | object;
}

export const CHAT: { readonly messages: readonly object[] } = {
  messages: [{ role: 'user', content: 'hi' }],
};

/** One request on a connection of its own, with the key unless other headers say otherwise. */
export function ask(url: string, { method = 'POST', path, headers, body }: Ask): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const call = request(url, {
      // Apart from the URL, which would be made tidy.
      path: path ?? '/v1/chat/completions',
      method,
      agent: false,
      headers: { authorization: `Bearer ${KEY}`, ...headers },
    });
    call.on('error', reject);
    call.on('response', (response) => resolve(read(response)));
    if (body === undefined) call.end();
    else call.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  });
}

function read(response: IncomingMessage): Promise<Asked> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', () => {});
    response.on('close', () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        trailers: response.trailers,
        text: Buffer.concat(chunks).toString(),
        complete: response.complete,
      }),
    );
  });
}

/** The JSON of an answer. */
export function json<T = { error: { message: string; type: string; code?: string } }>({
  text,
}: Asked): T {
  return JSON.parse(text) as T;
}
