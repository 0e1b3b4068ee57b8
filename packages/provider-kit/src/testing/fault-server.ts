import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** One connection as a scenario sees it. */
export interface Connection {
  readonly socket: Socket;
  /** Number of this connection at the server, from 1. */
  readonly number: number;
  /** Waits for the next whole request and gives its head and body; undefined where the client closed instead. */
  request(): Promise<ReceivedRequest | undefined>;
  write(bytes: string | Uint8Array): Promise<void>;
  /** Settles when the client closed the connection. */
  readonly closed: Promise<void>;
}

export interface ReceivedRequest {
  readonly method: string;
  /** As it was sent, query included. */
  readonly path: string;
  readonly head: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as UTF-8 text. */
  readonly body: string;
  readonly bytes: Uint8Array;
}

/** What the server does with a connection. */
export type Scenario = (connection: Connection) => Promise<void> | void;

export interface FaultServer {
  readonly origin: string;
  readonly requests: ReceivedRequest[];
  readonly connections: Connection[];
  /** Settles once `count` connections have been closed. */
  closedConnections(count: number): Promise<void>;
  close(): Promise<void>;
}

/** A raw TCP server on loopback: the scenario writes exactly the bytes, and closes exactly as, it wants to. */
export async function faultServer(scenario: Scenario): Promise<FaultServer> {
  const requests: ReceivedRequest[] = [];
  const connections: Connection[] = [];
  const sockets = new Set<Socket>();
  let closed = 0;
  const waiters: { count: number; resolve: () => void }[] = [];
  const server = createServer({ noDelay: true, highWaterMark: 16_384 }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const gone = new Promise<void>((resolve) => {
      socket.on('end', resolve);
      socket.on('close', () => {
        sockets.delete(socket);
        closed++;
        for (const waiter of waiters) if (closed >= waiter.count) waiter.resolve();
        resolve();
      });
    });
    const read = requestReader(socket);
    const connection: Connection = {
      socket,
      number: connections.length + 1,
      closed: gone,
      async request() {
        const request = await Promise.race([read(), gone.then(() => undefined)]);
        if (request !== undefined) requests.push(request);
        return request;
      },
      write: (bytes) =>
        new Promise((resolve) => {
          if (socket.destroyed) resolve();
          else socket.write(bytes, () => resolve());
        }),
    };
    connections.push(connection);
    void Promise.resolve(scenario(connection)).catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections,
    closedConnections: (count) =>
      new Promise((resolve) => {
        if (closed >= count) resolve();
        else waiters.push({ count, resolve });
      }),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function requestReader(socket: Socket): () => Promise<ReceivedRequest> {
  let buffer = '';
  let wake: (() => void) | undefined;
  socket.on('data', (chunk: Buffer) => {
    buffer += chunk.toString('latin1');
    wake?.();
  });
  return async () => {
    for (;;) {
      const found = readRequest(buffer);
      if (found !== undefined) {
        buffer = buffer.slice(found.length);
        return found.request;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

/** The first request in `buffer` (Latin-1) and how much of it that is; undefined while it is not whole. */
function readRequest(buffer: string): { request: ReceivedRequest; length: number } | undefined {
  const end = buffer.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = buffer.slice(0, end);
  const [first = '', ...lines] = head.split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  const rest = buffer.slice(end + 4);
  const body = /chunked/iu.test(headers['transfer-encoding'] ?? '')
    ? readChunks(rest)
    : readLength(rest, Number(headers['content-length'] ?? 0));
  if (body === undefined) return undefined;
  const bytes = Buffer.from(body.text, 'latin1');
  return {
    request: { method, path, head, headers, body: bytes.toString(), bytes },
    length: end + 4 + body.length,
  };
}

interface ReadBody {
  readonly text: string;
  /** Characters of the buffer that it took. */
  readonly length: number;
}

function readLength(rest: string, length: number): ReadBody | undefined {
  return rest.length < length ? undefined : { text: rest.slice(0, length), length };
}

function readChunks(rest: string): ReadBody | undefined {
  let text = '';
  let at = 0;
  for (;;) {
    const end = rest.indexOf('\r\n', at);
    if (end === -1) return undefined;
    const size = Number.parseInt(rest.slice(at, end), 16);
    const next = end + 2 + size + 2;
    if (rest.length < next) return undefined;
    text += rest.slice(end + 2, end + 2 + size);
    at = next;
    if (!(size > 0)) return { text, length: at };
  }
}
