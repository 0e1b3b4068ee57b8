import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { UNARY_BODY, streamPieces } from './bodies.js';
import { behaviourOf } from './model-name.js';

const JSON_HEADERS = {
  'content-type': 'application/json',
  'content-length': Buffer.byteLength(UNARY_BODY),
};
const PACE_MS = 1;

/** Starts the benchmark's provider on loopback and resolves to its base URL. */
export async function startUpstream(): Promise<string> {
  const streams = new Map<number, readonly string[]>();
  const piecesOf = (events: number): readonly string[] => {
    let pieces = streams.get(events);
    if (pieces === undefined) streams.set(events, (pieces = streamPieces(events)));
    return pieces;
  };
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing, piecesOf);
  });
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  piecesOf: (events: number) => readonly string[],
): Promise<void> {
  let body = '';
  incoming.setEncoding('latin1');
  incoming.on('data', (chunk: string) => {
    body += chunk;
  });
  await once(incoming, 'end');
  // Models are listed for engines and gateways that ask before they call.
  if (incoming.method === 'GET') {
    outgoing.writeHead(200, { 'content-type': 'application/json' });
    outgoing.end(
      '{"object":"list","data":[{"id":"bench","object":"model","created":0,"owned_by":"bench"}]}',
    );
    return;
  }
  const behaviour = behaviourOf(/"model":\s*"([^"]*)"/u.exec(body)?.[1] ?? '');
  if (behaviour.events === 0 || !/"stream":\s*true/u.test(body)) {
    outgoing.writeHead(200, JSON_HEADERS);
    outgoing.end(UNARY_BODY);
    return;
  }
  outgoing.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const pieces = piecesOf(behaviour.events);
  if (!behaviour.paced) {
    outgoing.end(pieces.join(''));
    return;
  }
  incoming.socket.setNoDelay(true);
  let at = 0;
  const timer = setInterval(() => {
    const piece = pieces[at++];
    if (piece === undefined || outgoing.destroyed) {
      clearInterval(timer);
      outgoing.end();
    } else {
      outgoing.write(piece);
    }
  }, PACE_MS);
}
