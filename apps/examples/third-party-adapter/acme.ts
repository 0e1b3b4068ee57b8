// The service that the adapter is for: OpenAI's protocol for chat, one of its own for `classify`.
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Simulator } from '@inferway/simulator';

export interface Acme {
  readonly url: string;
  /** The labels given out so far. */
  readonly classified: readonly string[];
  close(): Promise<void>;
}

interface Question {
  readonly input: string;
  readonly candidates: readonly string[];
}

/** Starts Acme on loopback; `simulator` writes its chat answers. */
export async function startAcme(simulator: Simulator): Promise<Acme> {
  const classified: string[] = [];
  const server = createServer(async (incoming, response) => {
    if (incoming.url === '/v1/classify') {
      const best = classify((await json(incoming)) as Question);
      classified.push(best.label);
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ best }));
    } else {
      forward(
        `${simulator.baseUrls.openai}${incoming.url?.slice('/v1'.length)}`,
        incoming,
        response,
      );
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    classified,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The candidate that the text names most often. */
function classify({ input, candidates }: Question): { label: string; score: number } {
  const words = input.toLowerCase().split(/\W+/u);
  const counts = candidates.map((label) => ({
    label,
    score: words.filter((word) => word === label).length / words.length,
  }));
  return counts.reduce((best, one) => (one.score > best.score ? one : best), {
    label: candidates[0] ?? '',
    score: 0,
  });
}

function forward(url: string, incoming: IncomingMessage, response: ServerResponse): void {
  const { host: _host, connection: _connection, ...headers } = incoming.headers;
  const outgoing = request(url, { method: incoming.method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}
