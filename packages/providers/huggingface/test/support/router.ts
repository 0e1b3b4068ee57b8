import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Of JSON. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly sent: Buffer;
}

export interface Told {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes as they are, anything else as JSON. */
  readonly body: unknown;
  /** Split the body into writes of so many bytes. */
  readonly pieces?: number;
}

/** A loopback server in the place of the router and the Hub, which remembers what it was asked. */
export interface Router {
  readonly url: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

export async function router(answer: (asked: Asked) => Told): Promise<Router> {
  const asked: Asked[] = [];
  const server: Server = createServer((incoming, outgoing) => {
    void (async () => {
      const received: Buffer[] = [];
      for await (const chunk of incoming) received.push(chunk as Buffer);
      const sent = Buffer.concat(received);
      const { method = '', url = '', headers } = incoming;
      const isJson = sent.length > 0 && headers['content-type']?.startsWith('application/json');
      const body = isJson === true ? JSON.parse(sent.toString()) : undefined;
      const one = { method, path: url, headers, body, sent };
      asked.push(one);
      const told = answer(one);
      const isText = typeof told.body === 'string';
      outgoing.writeHead(told.status ?? 200, {
        'content-type': isText ? 'text/plain' : 'application/json',
        ...told.headers,
      });
      const bytes =
        told.body instanceof Uint8Array
          ? Buffer.from(told.body)
          : Buffer.from(isText ? (told.body as string) : JSON.stringify(told.body));
      const size = told.pieces ?? Math.max(1, bytes.length);
      for (let at = 0; at < bytes.length; at += size) {
        outgoing.write(bytes.subarray(at, at + size));
        if (told.pieces !== undefined) await new Promise((resolve) => setImmediate(resolve));
      }
      outgoing.end();
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A chat answer in the shape of the router. */
export const answered = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_769_900_000,
  model: 'org/name',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Hello.' },
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
} as const;

/** Server-sent events with each of `values` as data. */
export function events(...values: readonly unknown[]): string {
  return values
    .map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`)
    .join('');
}

/** The chunks of a streamed answer. */
export function chunks(...texts: readonly string[]): unknown[] {
  const chunk = (delta: object, finish: string | null): object => ({
    id: 'chatcmpl-2',
    object: 'chat.completion.chunk',
    created: 1_769_900_000,
    model: 'org/name',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  return [
    chunk({ role: 'assistant', content: '' }, null),
    ...texts.map((content) => chunk({ content }, null)),
    chunk({}, 'stop'),
    {
      ...(chunk({}, null) as object),
      choices: [],
      usage: { prompt_tokens: 9, completion_tokens: texts.length, total_tokens: 9 + texts.length },
    },
    '[DONE]',
  ];
}
