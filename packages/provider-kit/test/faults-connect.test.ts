import { once } from 'node:events';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { timeout } from '@inferway/core/middleware';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchTransport, undiciTransport, type Transport } from '../src/index.js';
import { networkError } from '../src/transport/network-error.js';
import { selfSigned } from './support/certificate.js';
import { jsonAnswer } from '../src/testing/index.js';
import { ask, clientOf, completion } from './support/openai-chat.js';
import { failureOf } from './support/failure.js';
import { TRANSPORTS } from './support/transports.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  return (server.address() as AddressInfo).port;
}

/** An HTTPS server that answers any request with a completion. */
async function secureServer(certificate: { key: string; cert: string }) {
  let requests = 0;
  const protocols: unknown[] = [];
  const server = createTls({ ...certificate, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
    protocols.push(socket.alpnProtocol);
    socket.on('error', () => {});
    socket.on('data', () => {
      requests++;
      socket.write(jsonAnswer(200, completion('safe')));
    });
  });
  server.on('tlsClientError', () => {});
  const port = await listen(server);
  return { origin: `https://localhost:${port}`, requests: () => requests, protocols };
}

function track(transport: Transport): Transport {
  open.push(transport);
  return transport;
}

describe.each(TRANSPORTS)('connecting over %s', (name, make) => {
  it.each([
    ['signed by nobody known', { host: 'localhost' }],
    ['for another host', { host: 'other.example' }],
    ['that is expired', { host: 'localhost', notAfter: new Date(Date.now() - 3_600_000) }],
  ])('F54: a certificate %s is refused for good, and nothing is sent', async (_what, settings) => {
    const server = await secureServer(selfSigned(settings));
    const error = await failureOf(clientOf(server, track(make())).chat(ask));
    expect(error).toMatchObject({ code: 'connection', retryable: false, sent: 'no' });
    expect(error.message).toContain('TLS');
    expect(server.requests()).toBe(0);
  });

  it('F54: plain HTTP where TLS is expected is refused, never downgraded', async () => {
    const port = await listen(
      createTcp((socket) => {
        socket.on('error', () => {});
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      }),
    );
    const server = { origin: `https://localhost:${port}` };
    const error = await failureOf(clientOf(server, track(make())).chat(ask));
    expect(error).toMatchObject({ code: 'connection', retryable: false, sent: 'no' });
  });

  it('F55: nobody listening is a connection error worth a fallback', async () => {
    const taken = createTcp();
    const port = await listen(taken);
    taken.close();
    await once(taken, 'close');
    const error = await failureOf(
      clientOf({ origin: `http://127.0.0.1:${port}` }, track(make())).chat(ask),
    );
    expect(error).toMatchObject({ code: 'connection', fallbackable: true, sent: 'no' });
  });

  it('an abort while a connection is made rejects at once', async () => {
    const server = createTcp((socket) => socket.on('error', () => {}));
    const arrived = once(server, 'connection');
    const port = await listen(server);
    const client = clientOf({ origin: `https://localhost:${port}` }, track(make()));
    const controller = new AbortController();
    const work = failureOf(client.chat(ask, { signal: controller.signal }));
    const [socket] = (await arrived) as [Socket];
    const closed = once(socket, 'close');
    socket.resume();
    controller.abort();
    expect(await work).toMatchObject({ code: 'aborted', retryable: false });
    // Node's `fetch` lets go of the attempt, and leaves the socket to its own 10 s.
    if (name === 'undici') await closed;
  });
});

describe('connecting over undici', () => {
  it('F54: a certificate of a given authority is accepted', async () => {
    const certificate = selfSigned({ host: 'localhost' });
    const server = await secureServer(certificate);
    const transport = track(undiciTransport({ tls: { ca: certificate.cert } }));
    expect((await clientOf(server, transport).chat(ask)).text).toBe('safe');
    // HTTP/1.1 where both could do more: closing a call's connection stops the provider.
    expect(server.protocols).toEqual(['http/1.1']);
  });

  it('F54, F55: a handshake that stalls runs into the connect timeout of the chain', async () => {
    const port = await listen(createTcp((socket) => socket.on('error', () => {})));
    const client = clientOf({ origin: `https://localhost:${port}` }, track(undiciTransport()), [
      timeout({ connectMs: 50 }),
    ]);
    expect(await failureOf(client.chat(ask))).toMatchObject({
      code: 'timeout',
      phase: 'connect',
      retryable: true,
      fallbackable: true,
      sent: 'no',
    });
  });

  it('a handshake that stalls ends at the transport’s own limit where no chain bounds it', async () => {
    const port = await listen(createTcp((socket) => socket.on('error', () => {})));
    const transport = track(undiciTransport({ connectTimeoutMs: 50 }));
    const error = await failureOf(
      clientOf({ origin: `https://localhost:${port}` }, transport).chat(ask),
    );
    expect(error).toMatchObject({ code: 'timeout', phase: 'connect', sent: 'no' });
  });

  it('a closed transport says so', async () => {
    const transport = undiciTransport();
    const port = await listen(createTcp());
    const client = clientOf({ origin: `http://127.0.0.1:${port}` }, transport);
    const first = failureOf(client.chat(ask, { signal: AbortSignal.timeout(200) }));
    await first;
    await transport.close();
    expect(await failureOf(client.chat(ask))).toMatchObject({
      code: 'connection',
      retryable: false,
      sent: 'no',
    });
  });
});

describe('F53: a name', () => {
  const at = { origin: 'https://api.example', sent: undefined };

  it.each([
    ['ENOTFOUND', false],
    ['EAI_AGAIN', true],
  ])('that gives %s is retryable: %s', (code, retryable) => {
    const cause = Object.assign(new Error('getaddrinfo'), { code });
    for (const given of [cause, new TypeError('fetch failed', { cause })]) {
      const error = networkError(given, at);
      expect(error).toMatchObject({ code: 'connection', retryable, sent: 'no' });
    }
  });

  it('whose addresses all fail is read by the first failure', () => {
    const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    expect(networkError(new AggregateError([refused, refused]), at)).toMatchObject({ sent: 'no' });
  });

  it('that fails without a code may have been reached', () => {
    expect(networkError(new Error('odd'), at)).toMatchObject({ code: 'connection', sent: 'maybe' });
  });
});

describe('a fetch of one’s own', () => {
  it('is used, and an opaque redirect of a browser is refused too', async () => {
    const seen: RequestInit[] = [];
    const transport = fetchTransport({
      fetch: async (_url, init) => {
        seen.push(init ?? {});
        const response = new Response('');
        Object.defineProperties(response, {
          type: { value: 'opaqueredirect' },
          status: { value: 0 },
        });
        return response;
      },
    });
    const error = await failureOf(clientOf({ origin: 'http://127.0.0.1:1' }, transport).chat(ask));
    expect(error).toMatchObject({ code: 'protocol', retryable: false });
    expect(seen[0]?.redirect).toBe('manual');
  });
});
