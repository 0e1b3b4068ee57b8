import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** How an upstream answers a request, which is numbered from 1. */
export interface Behaviour {
  readonly status?: number;
  readonly afterMs?: number;
  /** Ends the connection in the middle of a stream. */
  readonly breaks?: boolean;
}

/** An OpenAI-compatible server that numbers its answers. */
export interface OwnUpstream {
  readonly baseUrl: string;
  /** Requests of chat so far. */
  asked(): number;
}

/** Answers `answer <number>`, as `behave` says. */
export async function ownUpstream(
  behave: (number: number) => Behaviour = () => ({}),
): Promise<OwnUpstream> {
  let asked = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'GET') {
        respond(response, 200, { data: [{ id: 'm' }] });
        return;
      }
      const { stream } = JSON.parse(Buffer.concat(chunks).toString()) as { stream?: boolean };
      const number = ++asked;
      void answer(response, number, stream === true, behave(number));
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}/v1`, asked: () => asked };
}

async function answer(
  response: ServerResponse,
  number: number,
  stream: boolean,
  { status = 200, afterMs = 0, breaks = false }: Behaviour,
): Promise<void> {
  if (afterMs > 0) await sleep(afterMs);
  if (status !== 200) {
    respond(response, status, { error: { message: `failure ${number}`, type: 'server_error' } });
    return;
  }
  const text = `answer ${number}`;
  const usage = { prompt_tokens: 3, completion_tokens: 2 };
  const common = { id: `id-${number}`, model: 'm', created: 1_700_000_000 + number };
  if (!stream) {
    const message = { role: 'assistant', content: text };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    respond(response, 200, { ...common, object: 'chat.completion', choices, usage });
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (choices: readonly object[], more: object = {}): void => {
    const chunk = { ...common, object: 'chat.completion.chunk', choices, ...more };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  for (const piece of ['answer', ` ${number}`]) {
    send([{ index: 0, delta: { role: 'assistant', content: piece } }]);
    await sleep(5);
    if (breaks) {
      response.destroy();
      return;
    }
  }
  send([{ index: 0, delta: {}, finish_reason: 'stop' }]);
  send([], { usage });
  response.end('data: [DONE]\n\n');
}

function respond(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
